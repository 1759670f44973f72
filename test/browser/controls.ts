import type { Page } from 'playwright-core';

/** The controls that a person can see, in the order of the document, as their HTML. */
const LIST_CONTROLS = `[...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')]
  .filter((control) => control.tabIndex >= 0 && !control.disabled && control.checkVisibility() && !control.closest('.unseen'))
  .map((control) => control.cloneNode(false).outerHTML)`;

/** Makes the next Tab reach the first control. */
const FOCUS_START = `(() => {
  const start = document.createElement('a');
  start.id = 'start';
  start.tabIndex = -1;
  document.body.prepend(start);
  start.focus();
})()`;

/** The focused element: its HTML, and what hides the focus from a person. Waits a few frames for the scrolling. */
const DESCRIBE_FOCUS = `(async () => {
  const focused = document.activeElement;
  // A tall control need not be in the window as a whole.
  const middle = (start, length, end) => (Math.max(start, 0) + Math.min(start + length, end)) / 2;
  const problems = () => {
    const { outlineStyle, outlineWidth } = getComputedStyle(focused);
    if (outlineStyle === 'none' || parseFloat(outlineWidth) < 2) return ['no outline'];
    const { left, top, width, height } = focused.getBoundingClientRect();
    const seen = document.elementFromPoint(middle(left, width, innerWidth), middle(top, height, innerHeight));
    return focused.contains(seen) || seen?.contains(focused) ? [] : ['covered or outside of the window'];
  };
  for (let frame = 0; frame < 10 && problems().length > 0; frame++) await new Promise(requestAnimationFrame);
  return { html: focused.cloneNode(false).outerHTML, problems: problems() };
})()`;

/** What the keyboard finds on a page. */
export interface KeyboardReport {
  /** The controls that a person can see, in the order of the document. */
  readonly visible: readonly string[];
  /** The controls that the key Tab reaches, one after the other. */
  readonly reached: readonly string[];
  /** Controls that show no focus, or that something covers. */
  readonly problems: readonly string[];
}

/** Presses Tab once for each control. The report names an element by its HTML, without the content. */
export async function walkByKeyboard(page: Page): Promise<KeyboardReport> {
  await page.evaluate(FOCUS_START);
  const visible = await page.evaluate<string[]>(LIST_CONTROLS);
  const reached: string[] = [];
  const problems: string[] = [];
  for (const _control of visible) {
    await page.keyboard.press('Tab');
    const focus = await page.evaluate<{ html: string; problems: string[] }>(DESCRIBE_FOCUS);
    reached.push(focus.html);
    problems.push(...focus.problems.map((problem) => `${problem}: ${focus.html}`));
  }
  await page.evaluate(`document.querySelector('#start').remove()`);
  return { visible, reached, problems };
}
