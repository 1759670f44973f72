/**
 * Pixels, as in `style/row.css`. All rows have this height, so the position of a row needs no layout of the whole list.
 */
export const ROW_HEIGHT = 44;

/** Where a row is in the list. */
export interface RowPlace {
  /** The first row has 0. */
  readonly index: number;
  readonly count: number;
}

/** The attributes of a row that tell its place. */
export function rowPosition({ index, count }: RowPlace) {
  return {
    style: { top: `${index * ROW_HEIGHT}px` },
    'aria-posinset': index + 1,
    'aria-setsize': count,
  };
}
