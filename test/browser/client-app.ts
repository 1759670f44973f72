import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const PACKAGE = new URL('../../dist/client-package/', import.meta.url);

/** A web server of a front end that uses the client library: its page, its scripts and the files of the package. */
export class ClientApp {
  private readonly server: Server;

  private constructor(
    private readonly body: string,
    /** Texts of scripts by their paths. */
    private readonly scripts: Readonly<Record<string, string>>,
  ) {
    this.server = createServer((request, response) => {
      const [type, content] = this.read(new URL(request.url!, 'http://-').pathname);
      response.writeHead(200, { 'Content-Type': `${type}; charset=utf-8` }).end(content);
    });
  }

  /** @param body the HTML of the page; its scripts import the package from `/package/` */
  static async start(body: string, scripts: Readonly<Record<string, string>> = {}): Promise<ClientApp> {
    const app = new ClientApp(body, scripts);
    app.server.listen(0, '127.0.0.1');
    await once(app.server, 'listening');
    return app;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }

  private read(path: string): [type: string, content: string] {
    if (path.startsWith('/package/'))
      return ['text/javascript', readFileSync(new URL(path.slice('/package/'.length), PACKAGE), 'utf8')];
    const script = this.scripts[path];
    if (script !== undefined) return ['text/javascript', script];
    return [
      'text/html',
      `<!doctype html><html lang="en"><title>App</title><link rel="icon" href="data:,"><body><main><h1>App</h1>${this.body}</main></body></html>`,
    ];
  }
}

/** The number of connections that follow a channel. */
export async function subscribersOf(url: string): Promise<number> {
  const response = await fetch(url, { headers: { Accept: 'application/json' } });
  // A channel without messages and without subscribers does not exist.
  return response.status === 404 ? 0 : ((await response.json()) as { subscribers: number }).subscribers;
}
