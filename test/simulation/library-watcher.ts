import {
  channelUrl,
  EMPTY,
  reduce,
  watch,
  type Continuation,
  type End,
  type Item,
  type ProgressStream,
  type Summary,
} from '../../client/client.js';
import type { ClientNetwork } from './client-network.js';
import type { Coverage } from './coverage.js';
import { SimulatedFetch } from './simulated-fetch.js';
import { SimulatedWebSocket } from './simulated-web-socket.js';
import { nameOfItem } from './stream-check.js';
import { gapBetween, type SeenMessage, type Truth } from './truth.js';

/** The commands that begin a job, or another attempt. */
const BEGINNINGS = ['DOWNLOADED', 'STARTED', 'ABORTED', 'FAILED'];

/** How a watcher uses the client library. */
export interface LibraryOptions {
  readonly transport: 'auto' | 'websocket' | 'sse';
  /** Reads the stream in a loop, or listens to its events. */
  readonly loop: boolean;
  /** The position, and what the watcher has seen up to it. */
  readonly after?: string | undefined;
  readonly seen?: readonly SeenMessage[];
  /** The channel id is not valid. */
  readonly invalid?: boolean;
}

/** A watcher with the real client library. Checks its list of messages. */
export class LibraryWatcher {
  /** The messages since the last reset. */
  list: SeenMessage[];
  private readonly stream: ProgressStream;
  /** Items that have arrived, and that the library has not given to the watcher. */
  private readonly arrived: string[] = [];
  private summary: Summary = EMPTY;
  private hasWholeSummary = true;
  private wasReset = false;
  private heardOf = 0;
  private wasLive = false;

  constructor(
    readonly channel: string,
    readonly network: ClientNetwork,
    private readonly truth: Truth,
    private readonly coverage: Coverage,
    private readonly options: LibraryOptions,
    random: () => number,
  ) {
    this.list = [...(options.seen ?? [])];
    network.onItem = (item) => void this.arrived.push(item);
    this.hasWholeSummary = options.after === undefined;
    const { after, transport, loop } = options;
    this.stream = watch(channelUrl('http://monitor', channel), {
      ...(after === undefined ? {} : { after }),
      transport,
      random,
      WebSocket: socketClassOf(network, coverage),
      fetch: (url, init) => {
        if (transport === 'auto') coverage.add('fallback to Server-Sent Events');
        return new SimulatedFetch(network, url as string, init!.signal!).response;
      },
    });
    if (loop) void this.readLoop();
    else this.listen();
    this.stream.addEventListener('end', ({ detail }) => this.finish(detail));
    this.stream.addEventListener('state', ({ detail }) => this.enter(detail));
  }

  get name(): string {
    return this.network.name;
  }

  get over(): boolean {
    return this.stream.end !== undefined;
  }

  get isWaiting(): boolean {
    return this.stream.state === 'waiting';
  }

  leave(): void {
    this.stream.close();
  }

  private async readLoop(): Promise<void> {
    for await (const item of this.stream) this.take(item);
    this.checkEnd();
  }

  private listen(): void {
    this.stream.addEventListener('reset', ({ detail }) => this.take({ reset: detail }));
    this.stream.addEventListener('continue', ({ detail }) => this.take(detail));
    this.stream.addEventListener('message', ({ detail }) => this.take(detail));
    this.stream.addEventListener('end', () => this.checkEnd());
  }

  private enter(state: string): void {
    this.network.log(state);
    this.wasLive ||= state === 'live';
    // Silence is the only reason for a new attempt without a pause and without an event of the network.
    if (state === 'waiting' && this.heardOf > 0) this.checkSilence();
    this.heardOf = this.stream.heardAt ?? 0;
  }

  private checkSilence(): void {
    if (Date.now() - (this.stream.heardAt ?? 0) > 49_000)
      this.coverage.add('a silent connection is replaced');
  }

  private take(item: Item): void {
    const arrived = this.arrived.shift();
    if (nameOfItem(item) !== arrived)
      this.truth.fail(`${this.name} (library): gave ${nameOfItem(item)} after ${arrived} has arrived`);
    this.summary = reduce(this.summary, item);
    if ('reset' in item) {
      this.network.log(`reset ${item.reset}`);
      this.coverage.add(`library reset ${item.reset}`);
      this.list = [];
      this.wasReset = this.hasWholeSummary = true;
      return;
    }
    if ('continues' in item) return this.continue(item);
    this.network.log(`${item.id} ${item.task_id} ${item.command}`);
    const next = this.truth.see(item, this.channel);
    if (!next) return;
    const last = this.list.at(-1);
    const problem = last ? gapBetween(last, next) : this.problemOfFirst(next);
    if (problem) this.truth.fail(`${this.name} (library): ${problem}`);
    this.list.push(next);
  }

  private continue({ continues, epoch }: Continuation): void {
    this.network.log(`continues ${continues} as ${epoch}`);
    this.coverage.add('library continuation');
    const last = this.list.pop();
    if (!last) return;
    if (last.seq > Number(continues.split('-')[1]))
      this.truth.fail(`${this.name} (library): ${last.name} was lost`);
    this.list.push({ ...last, epoch });
  }

  private problemOfFirst({ name, seq }: SeenMessage): string | undefined {
    if (this.wasReset || this.options.after !== undefined || seq === 1) return undefined;
    return `${name} with number ${seq} came first`;
  }

  private finish({ reason, detail }: End): void {
    this.network.log(`ended: ${reason} ${detail ?? ''}`.trimEnd());
    this.coverage.add(`library end ${reason}`);
    // Until a URL has worked, a 404 of a proxy counts as the answer of the monitor.
    const mayBeRefused = this.options.invalid || (!this.wasLive && detail?.startsWith('HTTP 404'));
    if (reason === 'refused' ? !mayBeRefused : this.options.invalid && reason !== 'closed')
      this.truth.fail(`${this.name} (library): ended as ${reason} ${detail ?? ''}`);
  }

  // The loop gets its last items after the end of the stream.
  private checkEnd(): void {
    const { list, name, truth, summary } = this;
    if (this.stream.end?.reason !== 'finished') return;
    if (this.arrived.length > 0) truth.fail(`${name} (library): never gave ${this.arrived[0]}`);
    if (list.length > 0 && list.at(-1)!.command !== 'FINISHED')
      truth.fail(`${name} (library): ended as finished after ${list.at(-1)!.name}`);
    const isPartial = list.length > 0 && (list[0]!.seq > 1 || !BEGINNINGS.includes(list[0]!.command));
    if (this.hasWholeSummary && isPartial && !summary.partial)
      truth.fail(`${name} (library): the summary is not partial, but begins with ${list[0]!.name}`);
  }
}

function socketClassOf(network: ClientNetwork, coverage: Coverage) {
  return class extends SimulatedWebSocket {
    constructor(url: string, protocols: string[] = []) {
      super(network, url, protocols);
      this.addEventListener('open', () => {
        if (this.protocol === '') coverage.add('connection without a sub-protocol');
        else coverage.add(`sub-protocol ${this.protocol}`);
      });
    }
  };
}
