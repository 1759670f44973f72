/** Above it the number is a mistake. */
const MOST = 1_000_000;

/** The number of tasks that a link promises by `?expected=N`; `undefined` when it doesn't, or not sensibly. */
export function expectedTasks(search: string): number | undefined {
  const text = new URLSearchParams(search).get('expected') ?? '';
  const number = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  return number > 0 && number <= MOST ? number : undefined;
}
