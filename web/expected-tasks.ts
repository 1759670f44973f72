/** A larger number counts as invalid. */
const MAX_EXPECTED = 1_000_000;

/** The number of tasks that the link announces with `?expected=N`; `undefined` if there is none or it is invalid. */
export function expectedTasks(search: string): number | undefined {
  const text = new URLSearchParams(search).get('expected') ?? '';
  const number = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  return number > 0 && number <= MAX_EXPECTED ? number : undefined;
}
