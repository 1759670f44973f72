import type { Page } from 'playwright-core';

/** What the page says was completed, failed and skipped. */
export async function shownCounts(page: Page): Promise<number[]> {
  return (await page.locator('.count strong').allTextContents()).map(Number);
}

/** What the last attempt of a job came to. */
export function countsOf(frames: readonly string[][]): number[] {
  const aborted = frames.findLastIndex(([command]) => command === 'ABORTED');
  const states = frames.slice(aborted + 1).map(([, , state]) => state);
  return ['COMPLETED', 'FAILED', 'SKIPPED'].map((state) => states.filter((other) => other === state).length);
}
