import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const NAME = /^journal-(\d{8,15})$/;
const SET_ASIDE = /^journal-\d{8,15}\.damaged$/;

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
  return readdirSync(folder)
    .map((name) => ({ path: join(folder, name), index: Number(NAME.exec(name)?.[1]) }))
    .filter(({ index }) => Number.isSafeInteger(index))
    .toSorted((a, b) => a.index - b.index);
}

/** The name under which a damaged segment is kept. */
export function setAsidePath({ path }: SegmentFile): string {
  return `${path}.damaged`;
}

/** The damaged segments that are too many, oldest first. */
export function surplusDamaged(folder: string): string[] {
  const names = readdirSync(folder).filter((name) => SET_ASIDE.test(name));
  return names
    .toSorted()
    .slice(0, -KEPT_DAMAGED)
    .map((name) => join(folder, name));
}
