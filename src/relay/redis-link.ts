/** An answer of Redis: bulk strings are buffers. */
export type RedisReply = Buffer | string | number | null | readonly RedisReply[];

/** A connection to Redis. Every call rejects once it has failed. */
export interface RedisLink {
  /** Resolves with the reason when the connection fails. */
  readonly failed: Promise<Error>;
  /** Sends a command. Rejects with the error that Redis answers. */
  command(...args: readonly (string | Buffer)[]): Promise<RedisReply>;
  /** Makes scripts known to Redis, for `run`. */
  load(...scripts: readonly string[]): Promise<void>;
  /** Runs a script that was loaded. */
  run(script: string, keys: readonly string[], ...args: readonly (string | Buffer)[]): Promise<RedisReply>;
  close(): void;
}

/**
 * Opens a connection.
 *
 * @param timeout milliseconds without an answer after which the connection fails
 */
export type OpenRedisLink = (timeout: number) => Promise<RedisLink>;

/** The texts of an answer that is a list of strings. */
export function textsOf(reply: RedisReply): string[] {
  return Array.isArray(reply)
    ? reply.map((item: RedisReply) => (item === null ? '' : String(item)))
    : [String(reply)];
}
