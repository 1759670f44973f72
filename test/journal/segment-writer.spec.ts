import { fdatasyncSync, readdirSync, statSync, writevSync } from 'node:fs';
import { beforeEach, describe, expect, it } from 'vitest';
import { SEGMENT_HEADER } from '../../src/journal/segment-header.js';
import { segmentsIn } from '../../src/journal/segment-names.js';
import { readSegmentFile } from '../../src/journal/segment-reader.js';
import { SegmentWriter } from '../../src/journal/segment-writer.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';

const directory = useTemporaryDirectory();
let disk: FaultyDisk;
let writer: SegmentWriter;

beforeEach(() => {
  disk = new FaultyDisk();
  writer = new SegmentWriter(directory.path, disk);
});

/** A disk that fails when a test says so. */
class FaultyDisk {
  /** The code of the error of each write. */
  failure: string | undefined;
  /** Bytes that one write takes. */
  most = Infinity;
  syncs = 0;

  readonly writevSync = ((fd: number, buffers: Buffer[]) => {
    if (this.failure !== undefined) throw Object.assign(new Error(this.failure), { code: this.failure });
    const all = Buffer.concat(buffers);
    return writevSync(fd, [all.subarray(0, Math.min(all.length, this.most))]);
  }) as typeof writevSync;

  readonly fdatasyncSync = (fd: number): void => {
    this.syncs++;
    fdatasyncSync(fd);
  };
}

const failing: typeof fdatasyncSync = () => {
  throw new Error('EIO');
};

describe('a segment', () => {
  it('is written in several parts if a write takes a part only', () => {
    disk.most = 7;
    writer.open(1);
    write('a message of some length', 'another');
    expect(content(1)).toEqual(['a message of some length', 'another']);
  });

  it('that is complete replaces all earlier ones', () => {
    for (const index of [1, 2, 3]) writer.open(index);
    write('all');
    writer.complete();
    expect(indexes()).toEqual([3]);
  });

  it('is made durable before the next one starts', () => {
    writer.open(1);
    write('text');
    writer.open(2);
    expect(disk.syncs).toBe(1);
  });

  it('of an earlier process is made durable, because that process may have crashed before it could do so', () => {
    for (const index of [1, 2]) writer.open(index);
    write('text');
    const next = new SegmentWriter(directory.path, disk);
    next.open(3);
    expect(disk.syncs).toBe(2);
    next.open(4);
    expect(disk.syncs).toBe(2);
  });

  it('that can not be made durable does not stop the next attempt, which copies all channels', () => {
    writer.open(1);
    const broken = { writevSync: disk.writevSync, fdatasyncSync: failing };
    const next = new SegmentWriter(directory.path, broken);
    expect(() => next.open(2)).toThrow('EIO');
    next.open(2);
    expect(next.isOpen).toBe(true);
  });

  it('is made durable once per change', () => {
    writer.open(1);
    writer.sync();
    write('text');
    writer.sync();
    writer.sync();
    expect(disk.syncs).toBe(1);
  });
});

describe('after an error', () => {
  it('earlier segments stay, although the end of the copy was already on its way', () => {
    writer.open(1);
    write('old');
    writer.complete();
    writer.open(2);
    disk.failure = 'ENOSPC';
    expect(() => write('new')).toThrow('ENOSPC');
    writer.abandon();
    write('ignored');
    writer.complete();
    writer.close();
    expect(indexes()).toEqual([1, 2]);
    expect(content(1)).toEqual(['old']);
  });

  it('an incomplete segment becomes empty, and stays as the end of the journal', () => {
    writer.open(1);
    write('text');
    writer.abandon();
    expect(statSync(segmentsIn(directory.path)[0]!.path).size).toBe(SEGMENT_HEADER);
  });

  it('a complete segment keeps its content', () => {
    writer.open(1);
    write('text');
    writer.complete();
    writer.abandon();
    expect(content(1)).toEqual(['text']);
  });

  it('earlier segments make room for the new one, if they may be removed', () => {
    writer.open(1);
    write('old');
    const room = disk.writevSync;
    const full = (fd: number, buffers: Buffer[]): number => {
      if (indexes().includes(1)) throw Object.assign(new Error('full'), { code: 'ENOSPC' });
      return room(fd, buffers);
    };
    const nearlyFull = { writevSync: full as typeof writevSync, fdatasyncSync: disk.fdatasyncSync };
    const next = new SegmentWriter(directory.path, nearlyFull);
    expect(() => next.open(2)).toThrow('full');
    expect(indexes()).toEqual([1, 2]);
    next.open(2, [], true);
    expect(indexes()).toEqual([2]);
  });
});

it('damaged segments are set aside when they are no longer needed, and the newest two are kept', () => {
  for (const index of [1, 2, 3, 4]) writer.open(index);
  writer.open(5, [1, 3, 4]);
  expect(indexes()).toEqual([1, 2, 3, 4, 5]);
  writer.complete();
  expect(readdirSync(directory.path).toSorted()).toEqual([
    'journal-00000003.damaged',
    'journal-00000004.damaged',
    'journal-00000005',
  ]);
});

function write(...texts: string[]): void {
  for (const text of texts) writer.write(Buffer.from(text));
}

function indexes(): number[] {
  return segmentsIn(directory.path).map(({ index }) => index);
}

function content(index: number): string[] {
  const texts: string[] = [];
  const segment = segmentsIn(directory.path).find((each) => each.index === index)!;
  expect(readSegmentFile(segment, (records) => texts.push(records.toString())).state).toBe('good');
  return texts;
}
