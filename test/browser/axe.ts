import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** The violations of accessibility rules on a page, each as one line. */
export async function violationsIn(page: Page): Promise<string[]> {
  // Through the protocol of the debugger: the policy of the page allows no script of a test.
  if (!(await page.evaluate(`'axe' in window`))) await page.evaluate(axe.source);
  return page.evaluate(`axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html, failureSummary }) => html + failureSummary).join('; ')))`);
}
