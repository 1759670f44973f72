import { once } from 'node:events';
import { Test } from '@nestjs/testing';
import type { INestApplication } from '@nestjs/common';
import { WebSocket } from 'ws';
import { Router } from 'zeromq';
import { AppModule } from '../src/app.module.js';
import { APP_OPTIONS, startApp } from '../src/app.setup.js';
import { BrokerService, ROUTING_ID } from '../src/broker/broker.service.js';
import { defaultSettings, type Settings } from '../src/config/settings.js';
import { addressOf } from '../src/listeners/bound-addresses.js';

type Overrides = { [Group in keyof Settings]?: Partial<Settings[Group]> };

/** A monitor in this process, on free ports, as `main.ts` starts it. */
export interface Monitor {
  readonly app: INestApplication;
  readonly endpoint: string;
  readonly ws: string;
  readonly http: string;
  readonly admin: string;
  close(): Promise<void>;
}

export async function startMonitor(
  overrides: Overrides = {},
  { origins = [] as string[] } = {},
): Promise<Monitor> {
  const settings = { ...defaultSettings(), origins };
  settings.websocket_uri = settings.admin_uri = { host: '127.0.0.1', port: 0 };
  settings.zeromq_uri = { host: '127.0.0.1', port: 0 };
  settings.shutdown.drain = 0.1;
  for (const [group, values] of Object.entries(overrides))
    Object.assign(settings[group as keyof Settings]!, values);

  const module = await Test.createTestingModule({ imports: [AppModule.forRoot(settings)] }).compile();
  const app = module.createNestApplication({ ...APP_OPTIONS, logger: false });
  const listeners = await startApp(app);
  return {
    app,
    endpoint: app.get(BrokerService).endpoint!,
    ws: `ws://${addressOf(listeners.public)}`,
    http: `http://${addressOf(listeners.public)}`,
    admin: `http://${addressOf(listeners.admin!)}`,
    close: () => app.close(),
  };
}

/** A ROUTER in the broker's place: connects to the monitor and addresses it by its routing id. */
export class FakeBroker {
  private constructor(private readonly router: Router) {}

  static async connect(endpoint: string): Promise<FakeBroker> {
    const router = new Router({ mandatory: true, linger: 1000, ipv6: endpoint.includes('[') });
    const connected = new Promise<void>((resolve) => router.events.on('handshake', () => resolve()));
    router.connect(endpoint);
    await connected;
    const broker = new FakeBroker(router);
    await broker.reach();
    return broker;
  }

  async send(...frames: (string | Buffer)[]): Promise<void> {
    await this.router.send([ROUTING_ID, ...frames]);
  }

  close(): void {
    this.router.close();
  }

  // The handshake event comes a moment before the ROUTER knows its peer's routing id.
  private async reach(): Promise<void> {
    for (;;) {
      try {
        return await this.send('reachable?');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EHOSTUNREACH') throw error;
        await new Promise(setImmediate);
      }
    }
  }
}

export interface Close {
  readonly code: number;
  readonly reason: string;
}

/** A WebSocket client that keeps what it saw. */
export class TestClient {
  readonly frames: string[] = [];
  readonly socket: WebSocket;
  readonly closed: Promise<Close>;
  private readonly waiting = new Set<() => void>();

  constructor(url: string, options: { protocols?: string[]; firstMessage?: string } = {}) {
    this.socket = new WebSocket(url, options.protocols ?? []);
    this.socket.on('message', (data: Buffer) => {
      this.frames.push(data.toString());
      for (const check of this.waiting) check();
    });
    this.closed = new Promise((resolve, reject) => {
      this.socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
      this.socket.on('error', (error) => reject(error));
    });
    this.closed.catch(() => {});
    if (options.firstMessage !== undefined)
      this.socket.on('open', () => this.socket.send(options.firstMessage!));
  }

  /** Resolves as soon as so many frames have come. */
  async received(count: number): Promise<string[]> {
    if (this.frames.length < count) {
      await new Promise<void>((resolve) => {
        const check = (): void => {
          if (this.frames.length < count) return;
          this.waiting.delete(check);
          resolve();
        };
        this.waiting.add(check);
      });
    }
    return this.frames;
  }

  async opened(): Promise<this> {
    if (this.socket.readyState === WebSocket.CONNECTING) await once(this.socket, 'open');
    return this;
  }
}
