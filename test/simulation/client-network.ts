import { Buffer } from 'node:buffer';
import type { Coverage } from './coverage.js';
import type { Daemon } from './daemon.js';
import type { EventLoop, SimulatedProcess } from './event-loop.js';
import { Link, type ClientEnd } from './link.js';
import type { PipeSettings } from './pipe.js';
import { randomFor } from './random.js';
import { StreamCheck } from './stream-check.js';
import { NO_STAMP, type Truth } from './truth.js';

/** The network between one watcher and the monitor. */
export interface NetworkProfile {
  readonly webSockets: 'work' | 'refused' | 'hang' | 'without sub-protocols';
  /** What the watcher gets while the monitor is down: no connection, or the status of a proxy. */
  readonly whenDown: 'no connection' | 502 | 404;
  readonly pipe: PipeSettings;
  /** Bytes that kernels and proxies hold. */
  readonly window: number;
}

/** A request for a connection. */
export interface ConnectRequest {
  readonly url: string;
  readonly webSocket: boolean;
  readonly protocols: readonly string[];
}

/** What all networks share. */
export interface NetworkContext {
  readonly seed: number;
  readonly loop: EventLoop;
  readonly clients: SimulatedProcess;
  readonly truth: Truth;
  readonly coverage: Coverage;
  /** The monitor, while it listens. */
  readonly daemon: Daemon | undefined;
  log(line: string): void;
}

/** Opens the connections of one watcher, and breaks them. */
export class ClientNetwork {
  /** All connections since the start. */
  connections = 0;
  /** See `StreamCheck.onItem`. */
  onItem: (item: string) => void = () => {};
  private links: Link[] = [];
  private readonly random;

  constructor(
    private readonly context: NetworkContext,
    private profile: NetworkProfile,
    readonly name: string,
    part: number,
  ) {
    this.random = randomFor(context.seed, part);
  }

  /** Connects `end` to the monitor. Returns the check of the stream, for a URL of a channel. */
  connect(request: ConnectRequest, end: ClientEnd, onLink: (link: Link) => void): StreamCheck | undefined {
    const { daemon, clients, truth, coverage, loop } = this.context;
    this.connections++;
    const { webSockets, pipe, window, whenDown } = this.profile;
    if (!daemon) {
      coverage.add('a connection to a monitor that is down');
      this.answer(end, request.webSocket ? 'no connection' : whenDown);
      return undefined;
    }
    if (request.webSocket && webSockets === 'refused') {
      this.answer(end, 400);
      return undefined;
    }
    const settings = { loop, random: this.random, clients, daemon: daemon.process, settings: pipe, window };
    const onBroken = (): void => coverage.add('a connection breaks within a frame');
    const link = new Link({ ...settings, onBroken, truth }, end, daemon.highWaterMark);
    this.links = [...this.links.filter(({ over }) => !over), link];
    link.hasHeartbeats = !request.webSocket || request.protocols.length > 0;
    onLink(link);
    if (request.webSocket && webSockets === 'hang') return undefined;
    const sent = webSockets === 'without sub-protocols' ? { ...request, protocols: [] } : request;
    const check = this.checkOf(request.url, link);
    daemon.connect(sent, link, check, this.random.next() * pipe.latency);
    return check;
  }

  /** Runs `action` in the process of the clients, in a later turn. */
  later(action: () => void): void {
    this.context.loop.input(this.context.clients, 0, action);
  }

  reportInvalid(problem: string): void {
    this.context.truth.fail(`${this.name}: ${problem}`);
  }

  /** An HTTP request got this status. */
  answered(status: number): void {
    this.context.coverage.add(`status ${status}`);
  }

  log(line: string): void {
    this.context.log(`${this.name}: ${line}`);
  }

  cut(): void {
    for (const link of this.links) link.cut();
  }

  cutAfter(bytes: number): void {
    this.links.at(-1)?.cutAfter(bytes);
  }

  /** Bytes no longer arrive in these directions; nobody is told. */
  halfOpen(toClient: boolean, toServer: boolean): void {
    for (const link of this.links) {
      link.isHalfOpen = true;
      link.stall(toClient, toServer);
    }
  }

  /** The client reads nothing. */
  readSlowly(): void {
    for (const link of this.links) link.stall(true, false);
  }

  resume(): void {
    for (const link of this.links) link.resume();
  }

  /** WebSockets work, and slow readers read again. A half-open link stays dead, unless nobody could notice it. */
  heal(): void {
    const { webSockets } = this.profile;
    if (webSockets !== 'without sub-protocols') this.profile = { ...this.profile, webSockets: 'work' };
    for (const link of this.links)
      if (webSockets === 'hang' || (link.isHalfOpen && !link.hasHeartbeats)) link.cut();
      else link.resume();
  }

  private checkOf(url: string, link: Link): StreamCheck | undefined {
    const { pathname, searchParams } = new URL(url);
    const id = /\/channels\/([^/]+)$/.exec(pathname)?.[1];
    if (id === undefined) return undefined;
    const { truth, coverage } = this.context;
    const check = new StreamCheck(truth, coverage, id, searchParams.get('after') ?? undefined, link);
    check.onItem = this.onItem;
    return check;
  }

  private answer(end: ClientEnd, answer: 'no connection' | number): void {
    const piece = { bytes: Buffer.alloc(0), stamp: NO_STAMP };
    const delay = this.random.next() * this.profile.pipe.latency;
    this.context.loop.input(this.context.clients, delay, () => {
      if (answer === 'no connection') return end.arrive({ kind: 'reset', ...piece });
      this.context.coverage.add(`status ${answer} of a proxy`);
      const head = `HTTP/1.1 ${answer} -\r\nContent-Type: text/html\r\n\r\n`;
      end.arrive({ kind: 'bytes', bytes: Buffer.from(head), stamp: NO_STAMP });
      end.arrive({ kind: 'end', ...piece });
    });
  }
}
