import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { SEGMENT_HEADER } from './segment-header.js';

const NAME = /^journal-(\d{8,15})(\.damaged)?$/;

/** Damaged segments that are kept for an operator. */
const KEPT_DAMAGED = 2;

/** A file of a journal. */
export interface SegmentFile {
  readonly index: number;
  readonly path: string;
}

export function segmentPath(folder: string, index: number): string {
  return join(folder, `journal-${String(index).padStart(8, '0')}`);
}

/** The segments of a journal, oldest first. */
export function segmentsIn(folder: string): SegmentFile[] {
  return filesIn(folder).filter(({ isSetAside }) => !isSetAside);
}

/** The index for a new segment, after all files of the journal. A segment without records is written again. */
export function nextIndexIn(folder: string): number {
  const last = filesIn(folder).at(-1);
  if (!last) return 1;
  const isEmpty = !last.isSetAside && bytesOf([last]) <= SEGMENT_HEADER;
  return isEmpty ? last.index : last.index + 1;
}

/** Bytes of segments on the disk. */
export function bytesOf(segments: readonly SegmentFile[]): number {
  return segments.reduce((sum, { path }) => sum + (statSync(path, { throwIfNoEntry: false })?.size ?? 0), 0);
}

/** The name under which a damaged segment is kept. */
export function setAsidePath({ path }: SegmentFile): string {
  return `${path}.damaged`;
}

/** The damaged segments that are too many, oldest first. */
export function surplusDamaged(folder: string): string[] {
  const damaged = filesIn(folder).filter(({ isSetAside }) => isSetAside);
  return damaged.slice(0, -KEPT_DAMAGED).map(({ path }) => path);
}

function filesIn(folder: string): (SegmentFile & { readonly isSetAside: boolean })[] {
  return readdirSync(folder)
    .flatMap((name) => {
      const match = NAME.exec(name);
      if (!match) return [];
      return { index: Number(match[1]), path: join(folder, name), isSetAside: match[2] !== undefined };
    })
    .toSorted((a, b) => a.index - b.index);
}
