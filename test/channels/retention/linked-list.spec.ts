import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LinkedList, type LinkedItem } from '../../../src/channels/retention/linked-list.js';

class Item implements LinkedItem<Item> {
  older: Item | undefined;
  newer: Item | undefined;
}

// A Set is the model: it keeps the order of insertion.
it('keeps the order in which items were added, whatever is deleted and added again', () => {
  const step = fc.record({ item: fc.nat(7), add: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const items = Array.from({ length: 8 }, () => new Item());
      const order = new LinkedList<Item>();
      const model = new Set<Item>();
      for (const { item, add } of steps) {
        const one = items[item]!;
        if (model.delete(one)) order.delete(one);
        if (add) {
          model.add(one);
          order.add(one);
        }
        expect(order.size).toBe(model.size);
        expect(oldestFirst(order)).toEqual([...model]);
      }
    }),
  );
});

function oldestFirst(order: LinkedList<Item>): Item[] {
  const items: Item[] = [];
  for (let item = order.oldest; item; item = item.newer) items.push(item);
  return items;
}
