import type { Page } from 'playwright-core';

/** The numbers of completed, failed and skipped tasks on the page. */
export async function shownCounts(page: Page): Promise<number[]> {
  return (await page.locator('.count strong').allTextContents()).map(Number);
}

/** The numbers of completed, failed and skipped tasks in the last attempt of a job. */
export function countsOf(messages: readonly string[][]): number[] {
  const aborted = messages.findLastIndex(([command]) => command === 'ABORTED');
  const states = messages.slice(aborted + 1).map(([, , state]) => state);
  return ['COMPLETED', 'FAILED', 'SKIPPED'].map((state) => states.filter((other) => other === state).length);
}
