import { createHash } from 'node:crypto';
import { createClient, RESP_TYPES } from '@redis/client';
import { readRelayAuthorities, readRelayPassword } from '../config/relay-files.js';
import type { Settings } from '../config/settings.js';
import { errorText } from '../text/error-text.js';
import type { RedisLink, RedisReply } from './redis-link.js';

/** Milliseconds that Redis may take to accept a connection and to answer its first commands. */
const CONNECT_TIMEOUT = 3000;

/** Milliseconds between two checks of the deadline. */
const CHECK_INTERVAL = 250;

/**
 * One connection to Redis, until it fails. Nothing reconnects behind it: after a failure the caller must find out what Redis
 * has. A Redis that does not answer (a stopped process, a network that swallows packets) counts as failed after `timeout`.
 */
export class RedisConnection implements RedisLink {
  readonly failed: Promise<Error>;
  private fail!: (error: Error) => void;
  /** Why the connection has failed. The client would only say that it was closed. */
  private failure: Error | undefined;
  private unanswered = 0;
  /** When the oldest unanswered command was sent, or the last answer came; ms of `performance.now`. */
  private waitingSince = 0;
  private readonly timer: NodeJS.Timeout;
  private readonly digests = new Map<string, string>();

  private constructor(
    private readonly client: ReturnType<typeof createRedisClient>,
    private readonly timeout: number,
  ) {
    this.failed = new Promise((resolve) => {
      this.fail = (error) => {
        this.failure ??= error;
        this.close();
        resolve(error);
      };
    });
    client.on('error', (error: Error) => this.fail(error));
    this.timer = setInterval(() => this.check(), CHECK_INTERVAL).unref();
  }

  /**
   * Connects. Rejects with an error for the operator.
   *
   * @param timeout milliseconds without an answer after which the connection fails
   */
  static async open(settings: Settings['relay'], timeout: number): Promise<RedisConnection> {
    const client = createRedisClient(settings);
    const connection = new RedisConnection(client, timeout);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => reject(new Error('no answer from Redis')), CONNECT_TIMEOUT);
    });
    try {
      await Promise.race([client.connect(), late]);
      return connection;
    } catch (error) {
      connection.close();
      throw new Error(`relay.url: ${errorText(error)}`, { cause: error });
    } finally {
      clearTimeout(timer);
    }
  }

  async command(...args: readonly (string | Buffer)[]): Promise<RedisReply> {
    if (this.unanswered++ === 0) this.waitingSince = performance.now();
    try {
      return (await this.client.sendCommand(args)) as RedisReply;
    } catch (error) {
      throw this.failure ?? error;
    } finally {
      this.unanswered--;
      this.waitingSince = performance.now();
    }
  }

  async load(...scripts: readonly string[]): Promise<void> {
    await Promise.all(scripts.map((script) => this.command('SCRIPT', 'LOAD', script)));
  }

  run(script: string, keys: readonly string[], ...args: readonly (string | Buffer)[]): Promise<RedisReply> {
    let digest = this.digests.get(script);
    if (!digest) this.digests.set(script, (digest = createHash('sha1').update(script).digest('hex')));
    return this.command('EVALSHA', digest, String(keys.length), ...keys, ...args);
  }

  close(): void {
    clearInterval(this.timer);
    this.client.destroy();
  }

  // After a pause of this process, timers run before the answers that have arrived meanwhile.
  private check(): void {
    if (!this.isLate) return;
    setImmediate(() => setImmediate(() => this.isLate && this.fail(new Error('no answer from Redis'))));
  }

  private get isLate(): boolean {
    return this.unanswered > 0 && performance.now() - this.waitingSince > this.timeout;
  }
}

function createRedisClient({ url, user, password, password_file, ca }: Settings['relay']) {
  const secret = password_file === null ? password : readRelayPassword(password_file);
  const isSecure = url!.startsWith('rediss:');
  const socket = { reconnectStrategy: false as const, connectTimeout: CONNECT_TIMEOUT };
  return createClient({
    url: url!,
    RESP: 2,
    disableOfflineQueue: true,
    disableClientInfo: true,
    name: 'recodex-monitor',
    socket: isSecure
      ? { ...socket, tls: true, ...(ca === null ? {} : { ca: readRelayAuthorities(ca) }) }
      : socket,
    ...(user === null ? {} : { username: user }),
    ...(secret === null ? {} : { password: secret }),
  }).withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
}
