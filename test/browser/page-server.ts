import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { builtWeb } from '../../src/page/built-web.js';
import { Page, type PageResponse } from '../../src/page/page.js';

/** Stands where a reverse proxy would: the page under a prefix, upgrades on to a monitor that may go and come back. */
export class PageServer {
  /** The monitor's http URL; `undefined`: there is none to reach. */
  monitor: string | undefined;
  private readonly page = new Page(builtWeb());
  private readonly server: Server;
  private readonly links = new Set<Duplex>();

  private constructor() {
    this.server = createServer((request, response) => this.serve(request, response));
    this.server.on('upgrade', (request: IncomingMessage, client: Socket, head: Buffer) =>
      this.forward(request, client, head),
    );
  }

  static async start(): Promise<PageServer> {
    const server = new PageServer();
    server.server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    return server;
  }

  url(id: string, query = ''): string {
    const { port } = this.server.address() as AddressInfo;
    return `http://127.0.0.1:${port}/any/prefix/channels/${encodeURIComponent(id)}${query}`;
  }

  /** Cuts every connection there is, as a network would: without a word. */
  cut(): void {
    for (const link of this.links) link.destroy();
  }

  close(): void {
    this.cut();
    this.server.close();
    this.server.closeAllConnections();
  }

  private serve({ url = '', headers }: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(url, 'http://localhost');
    const asset = /^\/any\/prefix\/assets\/([^/]+)$/.exec(pathname)?.[1];
    const channel =
      /^\/any\/prefix\/channels\/[^/]+$/.test(pathname) && headers.accept?.includes('text/html');
    const found: PageResponse | undefined = asset
      ? this.page.asset(asset)
      : channel
        ? this.page.html()
        : undefined;
    if (found) response.writeHead(200, found.headers).end(found.body);
    else response.writeHead(this.monitor ? 404 : 502).end();
  }

  private forward({ url, rawHeaders }: IncomingMessage, client: Socket, head: Buffer): void {
    client.on('error', () => {});
    if (!this.monitor) {
      client.destroy();
      return;
    }
    const { hostname, port } = new URL(this.monitor);
    const monitor = connect(Number(port), hostname, () => {
      const lines = rawHeaders.flatMap((name, at) => (at % 2 ? [] : [`${name}: ${rawHeaders[at + 1]}`]));
      monitor.write(`GET ${url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      monitor.write(head);
      monitor.pipe(client).pipe(monitor);
    });
    for (const [one, other] of [
      [client, monitor],
      [monitor, client],
    ] as const) {
      this.links.add(one);
      one.on('error', () => {});
      one.on('close', () => {
        this.links.delete(one);
        other.destroy();
      });
    }
  }
}
