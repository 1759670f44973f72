/** The size of a list of rows. */
interface ListSize {
  readonly count: number;
  /** Rows that one page holds. */
  readonly page: number;
}

/** The row that is active after a key; `undefined`: the key moves nothing. @param active -1: no row is active */
export function moveActive(key: string, active: number, { count, page }: ListSize): number | undefined {
  const target = targetOf(key, active, { count, page });
  return target === undefined || count === 0 ? undefined : Math.max(0, Math.min(count - 1, target));
}

function targetOf(key: string, active: number, { count, page }: ListSize): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return active + 1;
    case 'ArrowUp':
      return active < 0 ? 0 : active - 1;
    case 'PageDown':
      return Math.max(0, active) + page;
    case 'PageUp':
      return Math.max(0, active) - page;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return undefined;
  }
}
