/**
 * The text to copy for the selected rows, with the ids of the tasks instead of their names; `undefined`: the selected text
 * has no names.
 */
export function copiedRows(list: Element, selection: Selection | null): string | undefined {
  if (!selection || selection.isCollapsed) return undefined;
  const rows = [...list.querySelectorAll('.row')]
    .filter((row) => selection.containsNode(row, true))
    .map(cellsOf);
  const [first, ...others] = rows;
  if (!first || !rows.some((cells) => cells.some(({ id }) => id !== undefined))) return undefined;
  if (others.length === 0) return first.find(({ id }) => id !== undefined)?.id;
  return rows.map((cells) => cells.map(({ id, text }) => id ?? text).join('\t')).join('\n');
}

function cellsOf(row: Element): { id: string | undefined; text: string }[] {
  return [...row.querySelectorAll<HTMLElement>('.name, .outcome, .duration, time')].map(
    ({ dataset, textContent }) => ({
      id: dataset['id'],
      text: textContent ?? '',
    }),
  );
}
