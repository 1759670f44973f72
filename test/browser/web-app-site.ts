import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll } from 'vitest';
import type { PageSetup } from './page-setup.js';
import { webAppBundle } from './web-app-bundle.js';

/** Who shows the progress: the recipe on one of its wires, or the unchanged web-app. */
export type ProgressShower = 'recipe' | 'recipe, original' | 'today';

/** The site of the web-app. It is not the site of the monitor. */
export class WebAppSite {
  private script = '';
  private readonly server = createServer((_request, response) => {
    response
      .setHeader('Content-Type', 'text/html')
      .end('<!doctype html><link rel="icon" href="data:," /><body>');
  });

  constructor(private readonly setup: PageSetup) {
    beforeAll(async () => {
      this.script = await webAppBundle();
      await once(this.server.listen(0, '127.0.0.1'), 'listening');
    });
    afterAll(() => void this.server.close());
  }

  /** Opens the site, and submits a solution: the API answers with the URL of the monitor and the number of tasks. */
  async submit(shower: ProgressShower, monitorUrl: string, expected: number): Promise<void> {
    await this.open();
    await this.resubmit(shower, monitorUrl, expected);
  }

  /** Submits another solution in the same tab. */
  async resubmit(shower: ProgressShower, monitorUrl: string, expected: number): Promise<void> {
    const { id } = this.setup;
    const [show, ...values] =
      shower === 'today'
        ? ['showTodaysProgress', { id, url: monitorUrl }, expected]
        : ['submit', { webSocketChannel: { id, monitorUrl, expectedTasksCount: expected } }, shower];
    await this.setup.tab!.page.evaluate(`${show}(${values.map((value) => JSON.stringify(value)).join()})`);
  }

  /** Opens the site, and submits a solution that the API does not report on. */
  async submitWithoutChannel(): Promise<void> {
    await this.open();
    await this.setup.tab!.page.evaluate('submit({})');
  }

  /** The URL of the monitor behind the line, as the API of ReCodEx gives it. */
  get monitorUrl(): string {
    return new URL('/ws', this.setup.line.url(this.setup.id)).href.replace('http', 'ws');
  }

  private async open(): Promise<void> {
    const { port } = this.server.address() as AddressInfo;
    const { page } = await this.setup.openUrl(`http://127.0.0.1:${port}/`);
    await page.addScriptTag({ content: this.script });
  }
}
