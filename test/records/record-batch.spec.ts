import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { RecordBatch } from '../../src/records/record-batch.js';
import { readRecords, RECORD, type RecordVisitor } from '../../src/records/records.js';

const SNAPSHOT = {
  job: {
    state: 'running' as const,
    attempt: 2,
    completed: 3,
    failed: 0,
    skipped: 1,
    messages: 9,
    startedAt: 1,
    updatedAt: 2,
    finishedAt: null,
    partial: true,
    attemptOver: false,
  },
  predecessors: [{ epoch: 'before', seq: 8 }],
};

describe('the records of a batch', () => {
  it('are read as they were written, in order', () => {
    const batch = new RecordBatch();
    const start = { id: 'job \ud83d\ude00 "\n', epoch: 'e', seq: 5, endSeq: 7, snapshot: SNAPSHOT };
    batch.removed('ü');
    batch.log(3, start);
    batch.entries(3, 5, 7, (seq) => seq * 1000.5, Buffer.from('ab'));
    batch.mark(RECORD.complete);
    batch.mark(RECORD.closed);
    expect(recordsOf(batch.bytes)).toEqual([
      ['removed', 'ü'],
      ['log', 3, start],
      ['entries', 3, { seq: 5, times: [5002.5, 6003], bytes: 'ab' }],
      ['complete'],
      ['closed'],
    ]);
  });

  it('are read as they were written, whatever they contain', () => {
    const entries = fc.record({
      ref: fc.nat(2 ** 32 - 1),
      seq: fc.integer({ min: 1, max: 2 ** 52 }),
      times: fc.array(fc.integer({ min: 0, max: 8.64e15 }), { maxLength: 50 }),
      bytes: fc.uint8Array({ maxLength: 9000 }),
    });
    fc.assert(
      fc.property(fc.array(entries, { maxLength: 5 }), fc.string({ unit: 'grapheme' }), (all, id) => {
        const batch = new RecordBatch();
        for (const { ref, seq, times, bytes } of all)
          batch.entries(ref, seq, seq + times.length, (each) => times[each - seq]!, Buffer.from(bytes));
        batch.removed(id);
        const expected = all.map(({ ref, seq, times, bytes }) => [
          'entries',
          ref,
          { seq, times, bytes: Buffer.from(bytes).toString('latin1') },
        ]);
        expect(recordsOf(batch.bytes)).toEqual([...expected, ['removed', id]]);
        expect(batch.size).toBe(batch.bytes.length);
      }),
    );
  });

  it.each([10, 3 * 1024 * 1024])('are gone after the batch was cleared (%s bytes)', (bytes) => {
    const batch = new RecordBatch();
    batch.removed('x'.repeat(bytes));
    batch.clear();
    batch.removed('y');
    expect(recordsOf(batch.bytes)).toEqual([['removed', 'y']]);
  });
});

describe('records that no version writes', () => {
  it.each([
    ['an unknown type', Buffer.from([99])],
    ['a text beyond the end', Buffer.from([RECORD.removed, 200, 0, 0, 0, 1])],
    ['a log without JSON', Buffer.from([RECORD.log, 0, 0, 0, 0, 1, 0, 0, 0, 0x7b])],
    ['more messages than bytes', entriesHeader(0xffffffff, 0)],
    ['messages beyond the end', entriesHeader(0, 500)],
    ['half a header', entriesHeader(1, 0).subarray(0, 9)],
  ])('throw: %s', (_name, bytes) => {
    expect(() => recordsOf(bytes)).toThrow(/.+/);
  });
});

function entriesHeader(count: number, length: number): Buffer {
  const header = Buffer.alloc(21);
  header[0] = RECORD.entries;
  header.writeUInt32LE(count, 13);
  header.writeUInt32LE(length, 17);
  return header;
}

function recordsOf(bytes: Buffer): unknown[][] {
  const records: unknown[][] = [];
  const visitor: RecordVisitor = {
    log: (ref, record) => records.push(['log', ref, record]),
    entries: (ref, record) =>
      records.push(['entries', ref, { ...record, bytes: record.bytes.toString('latin1') }]),
    producers: (ref, stamps) => records.push(['producers', ref, stamps]),
    removed: (id) => records.push(['removed', id]),
    complete: () => records.push(['complete']),
    closed: () => records.push(['closed']),
  };
  readRecords(bytes, visitor);
  return records;
}
