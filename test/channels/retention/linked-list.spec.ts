import fc from 'fast-check';
import { expect, it } from 'vitest';
import { LinkedList, type LinkedItem } from '../../../src/channels/retention/linked-list.js';

class Item implements LinkedItem<Item> {
  older: Item | undefined;
  newer: Item | undefined;
}

// A Set is the model: it keeps the order of insertion.
it('keeps the order in which items were added, whichever are deleted and added again', () => {
  const step = fc.record({ item: fc.nat(7), add: fc.boolean() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const items = Array.from({ length: 8 }, () => new Item());
      const list = new LinkedList<Item>();
      const model = new Set<Item>();
      for (const { item, add } of steps) {
        const each = items[item]!;
        if (model.delete(each)) list.delete(each);
        if (add) {
          model.add(each);
          list.add(each);
        }
        expect(list.size).toBe(model.size);
        expect(oldestFirst(list)).toEqual([...model]);
      }
    }),
  );
});

function oldestFirst(list: LinkedList<Item>): Item[] {
  const items: Item[] = [];
  for (let item = list.oldest; item; item = item.newer) items.push(item);
  return items;
}
