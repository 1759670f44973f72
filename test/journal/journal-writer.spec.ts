import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { RecordingSink } from '../fixtures/recording-sink.js';
import { contentOf, idsOf, RecordedProcess } from '../fixtures/journal/recorded-channels.js';
import { readMemory } from '../fixtures/journal/memory-disk.js';
import type { WriterBounds } from '../../src/journal/journal-writer.js';
import type { RecordVisitor } from '../../src/records/records.js';

/** Milliseconds after which a batch is due. */
const BATCH = 5;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a flush', () => {
  it('of several channels becomes one frame', () => {
    const running = copied();
    const before = running.disk.operations.length;
    running.channels.append({ channelId: 'a', command: 'STARTED' });
    running.channels.append({ channelId: 'b', command: 'STARTED' });
    running.channels.flush();
    batches(1);
    expect(running.disk.operations.slice(before)).toHaveLength(1);
    expect(recordsOf(running)).toEqual(['complete', 'log a 1', 'entries 1+1', 'log b 1', 'entries 1+1']);
  });

  it('adds the new messages of a channel only', () => {
    const running = copied();
    running.send('a', 'STARTED');
    batches(1);
    running.send('a', 'ENDED', 'UPLOADED');
    batches(1);
    expect(recordsOf(running)).toEqual(['complete', 'log a 1', 'entries 1+1', 'entries 2+2']);
  });

  it('waits for a short time, so that many flushes share a frame', () => {
    const running = copied();
    running.send('a', 'STARTED');
    batches(1);
    const before = running.disk.operations.length;
    for (let i = 0; i < 10; i++) running.send('a', 'ENDED');
    batches(1);
    expect(running.disk.operations.slice(before)).toHaveLength(1);
  });

  it('of more than a batch is written over several turns', () => {
    const running = copied({ batch: 1000 });
    for (let i = 0; i < 50; i++) running.channels.append({ channelId: `job-${i}`, command: 'x'.repeat(100) });
    running.channels.flush();
    const before = running.disk.operations.length;
    batches(10);
    expect(running.disk.operations.length - before).toBeGreaterThan(4);
    expect(idsOf(restartOf(running).channels)).toHaveLength(50);
  });
});

describe('a removed channel', () => {
  it('is removed from the journal', () => {
    const running = copied();
    running.send('a', 'STARTED');
    running.send('other', 'STARTED');
    batches(1);
    remove(running, 'a');
    batches(1);
    expect(recordsOf(running)).toContain('removed a');
    expect(idsOf(restartOf(running).channels)).toEqual(['other']);
  });

  it('that was never written leaves no trace', () => {
    const running = copied();
    running.send('other', 'STARTED');
    batches(1);
    running.send('a', 'STARTED');
    remove(running, 'a');
    batches(2);
    expect(recordsOf(running).filter((record) => record.endsWith(' a'))).toEqual([]);
  });

  it('and created again in the same batch is kept with its new messages', () => {
    const running = copied();
    running.send('a', 'STARTED');
    running.send('other', 'STARTED');
    batches(1);
    remove(running, 'a');
    running.send('a', 'DOWNLOADED');
    batches(1);
    expect(contentOf(restartOf(running).channels, 'a')).toMatchObject({
      messages: expect.stringContaining('DOWNLOADED'),
      startSeq: 1,
    });
  });

  it('is gone when there are more removals than fit one batch, and all were created again', () => {
    const running = copied({ batch: 200 });
    const ids = Array.from({ length: 50 }, (_, i) => `job-${i}`);
    for (const id of ids) running.send(id, 'STARTED');
    batches(30);
    for (const id of ids) remove(running, id);
    for (const id of ids) running.send(id, 'DOWNLOADED');
    batches(60);
    const { channels } = restartOf(running);
    expect(idsOf(channels).toSorted()).toEqual(ids.toSorted());
    for (const id of ids)
      expect(contentOf(channels, id)).toMatchObject({ messages: expect.stringContaining('DOWNLOADED') });
  });

  it('is gone after a crash, although the new segment has not copied it yet', () => {
    const first = copied();
    const ids = Array.from({ length: 20 }, (_, i) => `job-${i}`);
    for (const id of ids) first.send(id, 'STARTED');
    batches(1);
    const second = RecordedProcess.start(first.crash(), { bounds: { copySlice: 10, batch: 10 } });
    batches(1);
    remove(second, 'job-19');
    batches(1);
    expect(second.completions).toBe(0);
    expect(idsOf(restartOf(second).channels).toSorted()).toEqual(ids.slice(0, -1).toSorted());
  });
});

describe('a log', () => {
  it('that was trimmed before it was written starts again at its oldest message', () => {
    const running = copied({}, { channel_messages: 3 });
    running.send('a', 'STARTED');
    batches(1);
    running.send('a', ...commands(10));
    batches(1);
    expect(recordsOf(running).slice(-2)).toEqual(['log a 9', 'entries 9+3']);
    expect(contentOf(restartOf(running).channels, 'a')).toMatchObject({
      startSeq: 9,
      summary: { messages: 11, partial: true },
    });
  });

  it('that was trimmed after it was written goes on', () => {
    const running = copied({}, { channel_messages: 3 });
    for (const command of commands(10)) {
      running.send('a', command);
      batches(1);
    }
    expect(recordsOf(running).filter((record) => record.startsWith('log'))).toEqual(['log a 1']);
  });

  it('of a new epoch replaces the old one', () => {
    const running = copied();
    running.send('a', 'STARTED', 'FINISHED');
    batches(1);
    running.send('a', 'DOWNLOADED');
    batches(1);
    expect(recordsOf(running).slice(-2)).toEqual(['log a 1', 'entries 1+1']);
    expect(contentOf(restartOf(running).channels, 'a')).toMatchObject({ summary: { state: 'running' } });
  });
});

describe('a new segment', () => {
  it('gets all channels in slices, and new messages meanwhile', () => {
    const running = copied({ copySlice: 500 });
    for (let i = 0; i < 30; i++) running.send(`job-${i}`, 'STARTED', 'x'.repeat(100));
    batches(1);
    const second = RecordedProcess.start(running.crash(), { bounds: { copySlice: 500 } });
    batches(2);
    expect(second.completions).toBe(0);
    second.send('job-0', 'ENDED');
    second.send('job-29', 'ENDED');
    second.send('new', 'STARTED');
    batches(30);
    expect(second.completions).toBe(1);
    expect([...second.disk.segments.keys()]).toEqual([2]);
    const third = restartOf(second);
    for (const id of idsOf(second.channels)) expectSameLog(third, second, id);
    expect(idsOf(third.channels)).toHaveLength(31);
  });

  it('starts when the newest segment is full, and removes the full one when it is complete', () => {
    const running = copied({ segment: 2000 }, { channel_messages: 5 });
    for (let i = 0; i < 100; i++) {
      running.send('a', `${i}`.repeat(30));
      batches(1);
    }
    batches(5);
    expect(running.completions).toBeGreaterThan(3);
    expect(running.disk.segments.size).toBe(1);
    expect(running.writer.bytes).toBe([...running.disk.segments.values()][0]!.length);
    expect(running.writer.bytes).toBeLessThan(2000 + 2 * running.writer.liveBytes + 500);
    expectSameLog(restartOf(running), running, 'a');
  });

  it('does not start again and again while clients wait for many channels', () => {
    const running = copied({ segment: 3000 });
    for (let i = 0; i < 100; i++) subscribe(running, `waiting-${i}`);
    for (let i = 0; i < 100; i++) running.send(`job-${i}`, 'x'.repeat(200));
    batches(100);
    const before = running.completions;
    running.send('job-0', 'ENDED');
    batches(100);
    expect(running.completions - before).toBeLessThanOrEqual(1);
  });

  it('waits while the disk is behind', () => {
    const first = copied();
    first.send('a', 'STARTED');
    const second = RecordedProcess.start(first.crash(), { bounds: { copyQueue: 100 } });
    second.disk.waiting = 101;
    batches(5);
    expect(second.completions).toBe(0);
    second.disk.waiting = 0;
    batches(1);
    expect(second.completions).toBe(1);
  });
});

describe('the journal is given up', () => {
  it('above journal.max_bytes', () => {
    const running = copied({}, {}, 2000);
    for (let i = 0; i < 40; i++) {
      running.send(`job-${i}`, 'x'.repeat(50));
      batches(1);
    }
    expect(running.failures).toEqual(['the journal has reached journal.max_bytes']);
    expect(totalBytes(running)).toBeLessThanOrEqual(2000);
  });

  it('when the disk is too slow', () => {
    const running = copied();
    running.disk.waiting = 64 * 1024 * 1024;
    running.send('a', 'STARTED');
    batches(1);
    expect(running.failures).toEqual(['the disk does not take the journal fast enough']);
  });

  it('once, and keeps nothing to write', () => {
    const running = copied();
    const before = running.disk.operations.length;
    running.writer.fail('ENOSPC');
    running.writer.fail('ENOSPC');
    running.send('a', 'STARTED');
    batches(3);
    expect(running.failures).toEqual(['ENOSPC']);
    expect(running.disk.operations.length).toBe(before);
  });

  it('and written again with all channels, also under the same index', () => {
    const running = copied();
    for (const id of ['a', 'd', 'e']) running.send(id, 'STARTED');
    batches(1);
    const again = RecordedProcess.start(running.crash(), { bounds: { copySlice: 10 } });
    again.send('b', 'STARTED');
    batches(1);
    again.writer.fail('ENOSPC');
    again.send('c', 'STARTED');
    again.record(2);
    batches(10);
    expect(again.completions).toBe(1);
    const next = restartOf(again);
    for (const id of ['a', 'b', 'c', 'd', 'e']) expectSameLog(next, again, id);
  });
});

describe('close', () => {
  it('writes what is pending, and marks the end', async () => {
    const running = copied();
    running.send('a', 'STARTED');
    const next = RecordedProcess.start(await running.stop());
    expect(next.isGraceful).toBe(true);
    expect(contentOf(next.channels, 'a')).toEqual(contentOf(running.channels, 'a'));
  });

  it('copies the rest first', async () => {
    const first = copied();
    for (let i = 0; i < 20; i++) first.send(`job-${i}`, 'STARTED');
    const second = RecordedProcess.start(await first.stop(), { bounds: { copySlice: 50 } });
    const third = RecordedProcess.start(await second.stop());
    expect(third.isGraceful).toBe(true);
    expect(third.restored).toEqual({ channels: 20, messages: 20 });
  });

  it('marks no end when channels could not be copied', async () => {
    const first = copied();
    for (let i = 0; i < 20; i++) first.send(`job-${i}`, 'STARTED');
    const second = RecordedProcess.start(await first.stop(), { bounds: { copyQueue: -1 } });
    const closed = second.writer.close();
    vi.advanceTimersByTime(4000);
    expect(await closed).toBe(false);
    const third = RecordedProcess.start(second.disk.segments);
    expect(third.isGraceful).toBe(false);
    expect(third.restored.channels).toBe(20);
  });

  it('marks no end after a failure', async () => {
    const running = copied();
    running.writer.fail('EIO');
    expect(RecordedProcess.start(await running.stop()).isGraceful).toBe(false);
  });
});

it('a crash writes what is pending at once', () => {
  const running = copied();
  running.send('a', 'STARTED');
  running.writer.writePending();
  expect(idsOf(RecordedProcess.start(running.disk.segments).channels)).toEqual(['a']);
});

/** A process whose first segment is complete. */
function copied(bounds: Partial<WriterBounds> = {}, limits = {}, maxBytes?: number): RecordedProcess {
  const running = RecordedProcess.start(new Map(), { bounds, limits, ...(maxBytes ? { maxBytes } : {}) });
  batches(1);
  return running;
}

function batches(count: number): void {
  for (let i = 0; i < count; i++) vi.advanceTimersByTime(BATCH);
}

function restartOf(running: RecordedProcess): RecordedProcess {
  return RecordedProcess.start(running.disk.segments, { limits: running.channels.limits });
}

function remove(running: RecordedProcess, id: string): void {
  // Eviction is the only way to remove a channel at once.
  const limits = running.channels.limits as { channels: number };
  const { channels } = limits;
  for (const other of idsOf(running.channels)) if (other !== id) running.send(other, 'TOUCH');
  limits.channels = idsOf(running.channels).length - 1;
  running.channels.flush();
  limits.channels = channels;
}

function subscribe(running: RecordedProcess, id: string): void {
  running.channels.subscribe(id, new RecordingSink());
}

function commands(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `command ${i}`);
}

function totalBytes(running: RecordedProcess): number {
  return [...running.disk.segments.values()].reduce((sum, { length }) => sum + length, 0);
}

function expectSameLog(actual: RecordedProcess, expected: RecordedProcess, id: string): void {
  const { summary, ...log } = contentOf(actual.channels, id) as { summary: object };
  const { summary: _expected, ...expectedLog } = contentOf(expected.channels, id) as { summary: object };
  expect(summary).toBeDefined();
  expect(log).toEqual(expectedLog);
}

/** All records in short: `log <id> <first number>`, `entries <first number>+<count>`, ... */
function recordsOf(running: RecordedProcess): string[] {
  const records: string[] = [];
  const visitor: RecordVisitor = {
    log: (_ref, { id, seq }) => records.push(`log ${id} ${seq}`),
    entries: (_ref, { seq, times }) => records.push(`entries ${seq}+${times.length}`),
    producers: (_ref, stamps) =>
      records.push(`producers ${stamps.map(({ id, seq }) => `${id}:${seq}`).join(' ')}`),
    removed: (id) => records.push(`removed ${id}`),
    complete: () => records.push('complete'),
    closed: () => records.push('closed'),
  };
  readMemory(running.disk.segments, () => visitor);
  return records;
}
