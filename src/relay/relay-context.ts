import type { Settings } from '../config/settings.js';
import type { OpenRedisLink, RedisLink } from './redis-link.js';
import type { RelayKeys } from './relay-keys.js';

/** What all parts of one process share. */
export interface RelayContext {
  readonly settings: Settings['relay'];
  readonly keys: RelayKeys;
  /** Names this process among all that want the lease. */
  readonly holder: string;
  readonly open: OpenRedisLink;
}

/** Milliseconds without an answer after which a connection to Redis counts as failed. */
export const ANSWER_TIMEOUT = 2000;

/** The shortest and longest delay before another connection to Redis, in milliseconds. */
const RETRY = { shortest: 100, longest: 2000 };

/** The delay before the next connection to Redis, in milliseconds; random, so that edges do not come back together. */
export function reconnectDelay(failures: number): number {
  const longest = Math.min(RETRY.longest, RETRY.shortest * 2 ** failures);
  return RETRY.shortest / 2 + Math.random() * longest;
}

/** Opens a connection, unless `signal` is aborted before that. */
export async function openLink(
  context: RelayContext,
  timeout: number,
  signal: AbortSignal,
): Promise<RedisLink> {
  signal.throwIfAborted();
  const opening = context.open(timeout);
  let onAbort = (): void => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(signal.reason as Error);
    signal.addEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([opening, aborted]);
  } catch (error) {
    opening.then(
      (late) => late.close(),
      () => {},
    );
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** All keys, in the order in which the scripts use them. */
export function scriptKeys({ stream, head, lease }: RelayKeys): string[] {
  return [stream, head, lease];
}
