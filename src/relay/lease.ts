import { RECORD } from '../records/records.js';
import { textsOf, type RedisLink } from './redis-link.js';
import { scriptKeys, type RelayContext } from './relay-context.js';
import { ACQUIRE, APPEND, RELEASE, RENEW } from './scripts.js';
import type { UnconfirmedEntry } from './append-queue.js';

/** The answer to an attempt to take the lease. */
export type LeaseAnswer =
  | { readonly kind: 'acquired'; readonly token: string; readonly isSeamless: boolean }
  /** Another process has it. */
  | { readonly kind: 'held' }
  /** The stream has entries that this process lacks, or lacks entries that this process has. */
  | { readonly kind: 'behind'; readonly last: string };

/** What Redis says to the holder of a token. */
export type HolderState =
  | 'OK'
  /** Another process leads. */
  | 'FENCED'
  /** Redis lacks entries that it has confirmed. */
  | 'EMPTIED'
  /** Somebody has removed the start of the segment. */
  | 'TRIMMED';

/** Milliseconds after which Redis ignores an attempt to take the lease. */
const ATTEMPT_TIMEOUT = 1000;

const SEGMENT_RECORD = Buffer.from([RECORD.segment]);

/** The calls of the process that leads, or wants to lead, over one connection. */
export class Lease {
  /** The time of Redis in ms, minus `performance.now`; `undefined`: not known yet. */
  private timeOfRedis: number | undefined;

  private constructor(
    private readonly link: RedisLink,
    private readonly context: RelayContext,
    private readonly runId: string,
  ) {}

  static async over(link: RedisLink, context: RelayContext): Promise<Lease> {
    await link.load(ACQUIRE, APPEND, RENEW, RELEASE);
    return new Lease(link, context, await runIdOf(link));
  }

  /**
   * Tries to take the lease.
   *
   * @param position the last entry that this process has; `undefined`: take over, whatever the stream has
   */
  async acquire(position: string | undefined): Promise<LeaseAnswer> {
    const { settings } = this.context;
    const reply = await this.run(
      ACQUIRE,
      this.context.holder,
      this.milliseconds,
      position ?? '',
      position === undefined ? '1' : '0',
      this.runId,
      settings.role === 'all' ? '1' : '0',
      SEGMENT_RECORD,
      this.deadline,
    );
    const [kind, value = '', seamless] = textsOf(reply);
    if (kind === 'HELD' || kind === 'LATE') {
      this.timeOfRedis = Number(value) - performance.now();
      return { kind: 'held' };
    }
    if (kind === 'BEHIND') return { kind: 'behind', last: value };
    return { kind: 'acquired', token: value, isSeamless: seamless === '1' };
  }

  async append(token: string, { batch, records, trimTo = '' }: UnconfirmedEntry): Promise<HolderState> {
    const { holder } = this.context;
    const reply = await this.run(APPEND, token, String(batch), holder, this.milliseconds, records, trimTo);
    return String(reply) as HolderState;
  }

  /** @param segment the id of the entry that starts the segment */
  async renew(token: string, segment: string): Promise<{ state: HolderState; batch: number }> {
    const reply = await this.run(RENEW, token, this.context.holder, this.milliseconds, segment);
    const [state, batch] = textsOf(reply);
    return { state: state as HolderState, batch: Number(batch) };
  }

  async release(token: string): Promise<void> {
    await this.run(RELEASE, token, this.context.holder);
  }

  // A Redis that was paused finds the lease expired. It must not run an old attempt before the holder can renew its lease.
  private get deadline(): string {
    return this.timeOfRedis === undefined
      ? ''
      : String(Math.round(this.timeOfRedis + performance.now() + ATTEMPT_TIMEOUT));
  }

  private get milliseconds(): string {
    return String(Math.round(this.context.settings.lease * 1000));
  }

  private run(script: string, ...args: readonly (string | Buffer)[]) {
    return this.link.run(script, scriptKeys(this.context.keys), ...args);
  }
}

/** Identifies the process of Redis. Another process may have been started from an old copy. */
async function runIdOf(link: RedisLink): Promise<string> {
  try {
    return /^run_id:(\w+)/m.exec(String(await link.command('INFO', 'server')))?.[1] ?? '';
  } catch {
    // A user without the permission for INFO.
    return '';
  }
}
