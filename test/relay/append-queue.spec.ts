import fc from 'fast-check';
import { expect, it } from 'vitest';
import { AppendQueue, type UnconfirmedEntry } from '../../src/relay/append-queue.js';

it('sends each entry once, in order, until it is rewound', () => {
  const queue = new AppendQueue();
  expect([push(queue), push(queue), push(queue)]).toEqual([1, 2, 3]);
  expect(sent(queue)).toEqual([1, 2, 3]);
  queue.confirm(1);
  expect(sent(queue)).toEqual([]);
  queue.rewind();
  expect(sent(queue)).toEqual([2, 3]);
});

it('keeps the records and the trim of an entry', () => {
  const queue = new AppendQueue();
  queue.push(Buffer.from('abc'), '5-0');
  expect(queue.next()).toEqual({ batch: 1, records: Buffer.from('abc'), trimTo: '5-0' });
});

it('starts again with batch 1 under a new token', () => {
  const queue = new AppendQueue();
  push(queue);
  queue.clear();
  expect(queue).toMatchObject({ bytes: 0, length: 0 });
  expect(push(queue)).toBe(1);
  expect(sent(queue)).toEqual([1]);
});

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('push' as const), count: fc.integer({ min: 1, max: 600 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('next' as const), count: fc.integer({ min: 1, max: 900 }) }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('confirm' as const),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rewind' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('clear' as const) }) },
);

it('behaves as a plain list', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const queue = new AppendQueue();
      let list: UnconfirmedEntry[] = [];
      let sentTo = 0;
      let newest = 0;
      for (const each of steps) {
        switch (each.do) {
          case 'push':
            for (let i = 0; i < each.count; i++) {
              const entry = { batch: ++newest, records: Buffer.alloc(newest % 7), trimTo: undefined };
              expect(queue.push(entry.records)).toBe(entry.batch);
              list.push(entry);
            }
            break;
          case 'next':
            for (let i = 0; i < each.count; i++) {
              const expected = list.find(({ batch }) => batch > sentTo);
              expect(queue.next()).toEqual(expected);
              if (!expected) break;
              sentTo = expected.batch;
            }
            break;
          case 'confirm': {
            const batch = Math.round(newest * each.share);
            queue.confirm(batch);
            list = list.filter((entry) => entry.batch > batch);
            sentTo = Math.max(sentTo, batch);
            break;
          }
          case 'rewind':
            queue.rewind();
            sentTo = list.length > 0 ? list[0]!.batch - 1 : sentTo;
            break;
          case 'clear':
            queue.clear();
            list = [];
            sentTo = newest = 0;
        }
        expect(queue.length).toBe(list.length);
        if (list.length === 0) expect(queue.bytes).toBe(0);
        else expect(queue.bytes).toBeGreaterThan(list.reduce((sum, { records }) => sum + records.length, 0));
      }
    }),
    { numRuns: 60 },
  );
});

function push(queue: AppendQueue): number {
  return queue.push(Buffer.from('x'));
}

function sent(queue: AppendQueue): number[] {
  const batches: number[] = [];
  for (let entry = queue.next(); entry; entry = queue.next()) batches.push(entry.batch);
  return batches;
}
