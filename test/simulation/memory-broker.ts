import type { MessageSink, MessageSource, SourceStatus } from '../../src/broker/message-source.js';
import type { ProgressMessage } from '../../src/messages/progress-message.js';
import type { Coverage } from './coverage.js';
import type { EventLoop, SimulatedProcess } from './event-loop.js';
import type { Random } from './random.js';
import type { Truth } from './truth.js';

/** Messages that the broker keeps while no monitor is connected. It drops further messages. */
const HIGH_WATER_MARK = 30;

/** Milliseconds: the longest time of messages on their way to the monitor. */
const LATENCY = 2;

/** Milliseconds: the longest time between the thread of the ROUTER and the main thread. */
const HANDOVER = 3;

/** The ROUTER of the monitor, and the broker at the other end of its link. */
export class MemoryBroker {
  private queue: ProgressMessage[] = [];
  private source: SimulatedSource | undefined;
  private isConnected = true;

  constructor(
    private readonly loop: EventLoop,
    private readonly random: Random,
    private readonly truth: Truth,
    private readonly coverage: Coverage,
  ) {}

  /** Sends messages in one batch, or keeps them while there is no link. */
  send(messages: readonly ProgressMessage[]): void {
    if (this.source && this.isConnected) return this.transmit(messages);
    const free = HIGH_WATER_MARK - this.queue.length;
    if (messages.length > free) this.coverage.add('the broker loses messages');
    this.queue.push(...messages.slice(0, Math.max(0, free)));
  }

  /** The broker ends, with everything that it keeps. */
  disconnect(): void {
    this.queue = [];
    this.isConnected = false;
  }

  /** The broker is back. */
  connect(): void {
    this.isConnected = true;
    this.sendQueue();
  }

  /** The message source of a process of the monitor. */
  createSource(process: SimulatedProcess): MessageSource {
    const close = (source: SimulatedSource): void => {
      if (this.source === source) this.source = undefined;
    };
    const { loop, truth, coverage } = this;
    return new SimulatedSource(
      { loop, truth, coverage, process },
      {
        opened: (source) => {
          this.source = source;
          this.sendQueue();
        },
        closed: close,
      },
    );
  }

  /** The process of the monitor has died: the link ends. */
  monitorDied(): void {
    this.source = undefined;
  }

  private sendQueue(): void {
    if (!this.source || !this.isConnected) return;
    const { queue } = this;
    this.queue = [];
    if (queue.length > 0) this.transmit(queue);
  }

  private transmit(messages: readonly ProgressMessage[]): void {
    const source = this.source!;
    const delay = this.random.next() * LATENCY;
    source.arriveIn(delay, this.random.next() * HANDOVER, messages);
  }
}

interface SourceContext {
  readonly loop: EventLoop;
  readonly truth: Truth;
  readonly coverage: Coverage;
  readonly process: SimulatedProcess;
}

interface SourceOwner {
  opened(source: SimulatedSource): void;
  closed(source: SimulatedSource): void;
}

/** The message source of one process. It holds messages that the main thread has not got yet. */
class SimulatedSource implements MessageSource {
  status: SourceStatus = { endpoint: null, peers: 0 };
  private sink: MessageSink | undefined;
  private held: ProgressMessage[] = [];
  private lastArrival = 0;

  constructor(
    private readonly context: SourceContext,
    private readonly owner: SourceOwner,
  ) {}

  start(sink: MessageSink): Promise<void> {
    this.sink = sink;
    this.status = { endpoint: 'tcp://127.0.0.1:7894', peers: 1 };
    this.owner.opened(this);
    return Promise.resolve();
  }

  /** The messages that have arrived go to the sink. Messages on their way are lost with the link. */
  async stop(): Promise<void> {
    if (this.status.endpoint === null) return;
    this.owner.closed(this);
    this.status = { endpoint: null, peers: 0 };
    if (this.held.length > 0) this.context.coverage.add('the monitor takes messages while it stops');
    this.handOver();
    await new Promise((resolve) => setTimeout(resolve, 1));
  }

  arriveIn(delay: number, handover: number, messages: readonly ProgressMessage[]): void {
    const { loop, process, coverage } = this.context;
    // Messages of one link do not overtake each other.
    this.lastArrival = Math.max(this.lastArrival, loop.now + delay);
    loop.input(process, this.lastArrival - loop.now, () => {
      if (this.status.endpoint === null) return coverage.add('a message on its way is lost');
      this.held.push(...messages);
      loop.input(process, handover, () => this.handOver());
    });
  }

  private handOver(): void {
    const messages = this.held;
    this.held = [];
    for (const message of messages) {
      this.context.truth.take(message);
      this.sink!.message(message, performance.now());
    }
  }
}
