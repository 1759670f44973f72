import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * `cut`: connections are closed, and further ones too. `silent`: connections stay open, and no byte passes. `mute`: requests
 * pass, answers do not. `slow`: each answer takes a while.
 */
export type LinkState = 'open' | 'cut' | 'silent' | 'mute' | 'slow';

/** Milliseconds that a slow link holds an answer. */
const DELAY_MS = 150;

/** The TCP link between one process and Redis. */
export class ChaosLink {
  private state: LinkState = 'open';
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private readonly server: Server;

  private constructor(private readonly port: number) {
    this.server = createServer((client) => this.accept(client));
  }

  /** @param port the port of Redis */
  static async start(port: number): Promise<ChaosLink> {
    const link = new ChaosLink(port);
    link.server.listen(0, '127.0.0.1');
    await once(link.server, 'listening');
    return link;
  }

  get url(): string {
    return `redis://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Connections that have lost bytes do not survive the change. */
  change(state: LinkState): void {
    const hasLost = this.state === 'mute' || state === 'cut';
    this.state = state;
    for (const [client, server] of this.pairs) {
      if (hasLost) client.destroy();
      else if (state === 'silent') [client, server].forEach((socket) => socket.pause());
      else [client, server].forEach((socket) => socket.resume());
    }
  }

  close(): void {
    this.server.close();
    for (const [client] of this.pairs) client.destroy();
  }

  private accept(client: Socket): void {
    if (this.state === 'cut') return void client.destroy();
    const server = connect(this.port, '127.0.0.1');
    const pair = [client, server] as const;
    this.pairs.add(pair);
    const destroy = (): void => {
      this.pairs.delete(pair);
      client.destroy();
      server.destroy();
    };
    for (const socket of pair) socket.on('error', destroy).on('close', destroy);
    client.on('data', (bytes) => server.write(bytes));
    // Each answer comes after the answers before it.
    let last: Promise<unknown> = Promise.resolve();
    server.on('data', (bytes) => {
      if (this.state === 'mute') return;
      const delay = this.state === 'slow' ? sleep(DELAY_MS) : undefined;
      last = last.then(() => delay).then(() => client.destroyed || client.write(bytes));
    });
    if (this.state === 'silent') for (const socket of pair) socket.pause();
  }
}
