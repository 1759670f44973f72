import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { ChannelsService } from '../channels/channels.service.js';
import { relayConfig } from '../config/namespaces.js';
import { errorText } from '../text/error-text.js';
import { Candidate, type Takeover } from './candidate.js';
import { Follower } from './follower.js';
import { Ingest } from './ingest.js';
import { warnOfEviction } from './redis-advice.js';
import type { RelayContext } from './relay-context.js';
import { relayKeys } from './relay-keys.js';
import type { RelayState, RelayStatus } from './relay-status.js';

/** Milliseconds that a stop may take to write the last entries. */
const STOP_TIMEOUT = 3000;

/** What the process does when its part in the relay changes. */
export interface RelayHooks {
  /** This process takes messages from now on. Called once; when it rejects, the process must end. */
  lead(): void | Promise<void>;
  /** This process has read everything that Redis had: clients may come. */
  caughtUp(): void;
  /** Another process leads: this one must end. */
  lost(): void;
}

/** The part of this process in a relay: it takes messages for all processes, or shows the messages of another one. */
@Injectable()
export class RelayService {
  private readonly logger = new Logger('Relay');
  private readonly stopping = new AbortController();
  private follower: Follower | undefined;
  private hooks: RelayHooks | undefined;
  private wasCaughtUp = false;
  private ingest: Ingest | undefined;

  constructor(
    @Inject(relayConfig.KEY) private readonly settings: ConfigType<typeof relayConfig>,
    private readonly channels: ChannelsService,
  ) {
    if (this.isOn) channels.follow();
  }

  /** Whether there is a relay. */
  get isOn(): boolean {
    return this.settings.url !== null;
  }

  /** Whether this process takes messages when it has the lease. */
  get mayLead(): boolean {
    return this.isOn && this.settings.role !== 'edge';
  }

  /** Whether this process only shows the messages of another one. */
  get isEdge(): boolean {
    return this.isOn && this.settings.role === 'edge';
  }

  /** `relay.url`. */
  get url(): string | null {
    return this.settings.url;
  }

  /** Redis answers. */
  get isConnected(): boolean {
    return this.ingest?.isConnected ?? this.follower?.isConnected ?? false;
  }

  /** Whether clients, or the broker, should come to this process. An edge that has been ready stays ready. */
  get isReady(): boolean {
    if (!this.isOn || (this.isEdge && this.wasCaughtUp)) return true;
    return this.state === 'leading' || this.state === 'standby';
  }

  /** Sets what the process does when its part changes. Called once, before `start`. */
  react(hooks: RelayHooks): void {
    this.hooks = hooks;
  }

  get status(): RelayStatus {
    const { follower, ingest, settings } = this;
    const { state } = this;
    return {
      role: this.isOn ? settings.role : null,
      state,
      isStale: this.isStale,
      isLed: ingest ? ingest.isConnected : (follower?.isLed ?? false),
      lagEntries: ingest ? 0 : (follower?.lagEntries ?? 0),
      lagSeconds: ingest ? 0 : (follower?.lagSeconds ?? 0),
      unconfirmed: ingest?.unconfirmed ?? 0,
      bufferBytes: ingest?.bytes ?? 0,
      bufferLimit: settings.buffer,
      lostMessages: ingest?.lost ?? 0,
      gaps: follower?.gaps ?? 0,
      rewrites: ingest?.rewrites ?? 0,
      messages: follower?.messages ?? 0,
    };
  }

  /**
   * Joins the other processes. Resolves when this process takes messages, waits for the lease or, as an edge, has read
   * everything; or when Redis does not answer. Rejects when it can't take messages. Does nothing without a relay.
   */
  async start(): Promise<void> {
    if (!this.isOn) return;
    // Without a relay, no code of the client for Redis is loaded.
    const { RedisConnection } = await import('./redis-connection.js');
    const { settings } = this;
    const context: RelayContext = {
      settings,
      keys: relayKeys(settings.stream),
      holder: `${hostname()} ${process.pid} ${randomUUID()}`,
      open: (timeout) => RedisConnection.open(settings, timeout),
    };
    let isStarted = false;
    await new Promise<void>((resolve, reject) => {
      const follower = new Follower(context, this.channels, {
        caughtUp: () => {
          this.caughtUp();
          if (this.isEdge) resolve();
        },
        away: () => resolve(),
      });
      this.follower = follower;
      follower.start();
      this.stopping.signal.addEventListener('abort', () => resolve());
      if (this.isEdge) return;
      const candidate = new Candidate(context, follower, resolve);
      candidate
        .run(this.stopping.signal)
        .then((takeover) => takeover && this.lead(takeover, context))
        .then(resolve, (error: Error) => {
          // A takeover long after the start ends the process.
          if (isStarted) this.takeoverFailed(error);
          reject(error);
        });
    });
    isStarted = true;
  }

  /** Resolves when all processes can get what was flushed before this call. At once without a relay, and while Redis is away. */
  async whenConfirmed(): Promise<void> {
    if (this.ingest?.isConnected) await this.ingest.whenConfirmed();
  }

  /** Leaves the other processes. The next one takes messages as soon as this promise resolves. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.follower?.stop();
    if ((await this.ingest?.stop(STOP_TIMEOUT)) === false)
      this.logger.warn({
        message:
          'The stop had no time to write everything to Redis: the next process lacks the last messages',
        entries: this.ingest!.unconfirmed,
      });
  }

  private get state(): RelayState {
    if (!this.isOn) return 'off';
    if (this.ingest) return this.ingest.isConnected ? 'leading' : 'away';
    if (this.follower?.isConnected === false) return 'away';
    if (!this.follower?.isCaughtUp) return 'starting';
    return this.mayLead ? 'standby' : 'following';
  }

  private get isStale(): boolean {
    const { ingest, follower } = this;
    if (!this.isOn || ingest) return false;
    return !follower?.isConnected || !follower.isCaughtUp || !follower.isLed;
  }

  private caughtUp(): void {
    this.wasCaughtUp = true;
    this.hooks?.caughtUp();
  }

  private takeoverFailed(error: unknown): void {
    this.logger.error({ message: 'This process can take no messages: it ends', reason: errorText(error) });
    this.hooks?.lost();
  }

  private async lead(takeover: Takeover, context: RelayContext): Promise<void> {
    await this.follower!.stop();
    this.channels.lead(takeover.isSeamless);
    void warnOfEviction(takeover.link, this.logger);
    this.logger.log({ message: 'Taking messages for all processes', continues: takeover.isSeamless });
    this.ingest = new Ingest(context, this.channels, () => this.hooks?.lost(), takeover);
    this.ingest.start(takeover);
    await this.hooks?.lead();
  }
}
