import type { ClientNetwork } from './client-network.js';
import type { Coverage } from './coverage.js';
import { SimulatedWebSocket } from './simulated-web-socket.js';
import type { Stamp, TakenMessage, Truth, WireMessage } from './truth.js';

/** Milliseconds: the longest delay before a reconnect. */
const LONGEST_DELAY = 3000;

/** What a client does instead of sending its channel id. */
export type Misbehaviour = 'binary' | 'silent' | 'empty' | 'oversize' | 'flood';

/** A client of the original protocol. It reconnects until the monitor closes with 1000. */
export class LegacyWatcher {
  over = false;
  private socket: SimulatedWebSocket | undefined;
  private list: TakenMessage[] = [];
  private subscribedAt = 0;
  private hasFarewell = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    readonly channel: string,
    readonly network: ClientNetwork,
    private readonly truth: Truth,
    private readonly coverage: Coverage,
    private readonly random: () => number,
    private readonly misbehaviour?: Misbehaviour,
  ) {
    this.connect();
  }

  get name(): string {
    return this.network.name;
  }

  leave(): void {
    this.over = true;
    clearTimeout(this.timer);
    this.socket?.close(1000);
  }

  private connect(): void {
    if (this.over) return;
    const socket = new SimulatedWebSocket(this.network, 'ws://monitor/');
    this.socket = socket;
    this.list = [];
    this.hasFarewell = false;
    socket.addEventListener('open', () => this.open(socket));
    socket.addEventListener('message', (event) => this.take((event as MessageEvent).data as string));
    socket.addEventListener('close', (event) => {
      const { code, reason } = event as unknown as { code: number; reason: string };
      this.closed(code, reason, socket.stamp);
    });
  }

  private open(socket: SimulatedWebSocket): void {
    this.subscribedAt = Number.POSITIVE_INFINITY;
    switch (this.misbehaviour) {
      case undefined:
        return socket.send(Buffer.from(this.channel));
      case 'binary':
        return socket.send(Buffer.from(this.channel), 2);
      case 'empty':
        return socket.send(Buffer.alloc(0));
      case 'oversize':
        return socket.send(Buffer.alloc(5000, 'x'));
      case 'flood':
        for (let count = 0; count < 300; count++) socket.send(Buffer.alloc(0), 9);
        return;
      case 'silent':
    }
  }

  private take(data: string): void {
    const message = JSON.parse(data) as WireMessage;
    this.network.log(`${message.task_id} ${message.command}`);
    if (message.task_id === undefined && message.command === 'FINISHED') {
      this.hasFarewell = true;
      return this.coverage.add('legacy farewell');
    }
    const next = this.truth.identify(message, this.channel);
    if (!next) return;
    const last = this.list.at(-1);
    if (last?.command === 'FINISHED') this.fail(`${next.name} came after FINISHED`);
    if (last && next.previous !== last.name) this.fail(`${next.name} came after ${last.name}`);
    this.subscribedAt = Math.min(this.subscribedAt, next.order);
    this.list.push(next);
  }

  private closed(code: number, reason: string, stamp: Stamp): void {
    this.network.log(`closed: ${code} ${reason}`.trimEnd());
    this.coverage.add(`legacy close ${code} ${reason}`.trimEnd());
    const last = this.list.at(-1);
    if (code === 1000 && reason === '' && !this.hasFarewell && last?.command !== 'FINISHED' && !this.over)
      this.fail(`closed as finished after ${last?.name ?? 'nothing'}`);
    if (code === 1012 || reason === 'idle') {
      const entry = this.truth.lastEntry(this.channel, this.subscribedAt, stamp);
      if (entry && entry !== last) this.fail(`closed with ${code} before ${entry.name} was sent`);
    }
    if (code === 1000 || this.misbehaviour) this.over = true;
    if (!this.over) this.timer = setTimeout(() => this.connect(), this.random() * LONGEST_DELAY);
  }

  private fail(problem: string): void {
    this.truth.fail(`${this.name} (legacy): ${problem}`);
  }
}
