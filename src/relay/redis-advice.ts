import type { Logger } from '@nestjs/common';
import type { RedisLink } from './redis-link.js';

/** What Redis says about itself in `INFO`. */
export interface RedisFacts {
  /** Such as `7.0.15`. */
  readonly version: string;
  /** `maxmemory-policy`. */
  readonly policy: string;
  /** Redis may remove the stream or the lease when it has used `maxmemory`. */
  readonly mayEvict: boolean;
  /** Redis writes an append-only file, so its restart keeps the stream. */
  readonly isDurable: boolean;
}

/** Reads what Redis says about itself. `undefined`: the user in Redis lacks the permission for `INFO`. */
export async function readRedisFacts(link: Pick<RedisLink, 'command'>): Promise<RedisFacts | undefined> {
  // CONFIG is often not permitted where Redis is a service of a provider. INFO has the same facts.
  const info = await link.command('INFO').then(String, () => undefined);
  if (info === undefined) return undefined;
  const policy = valueIn(info, 'maxmemory_policy') ?? '';
  return {
    version: valueIn(info, 'redis_version') ?? '',
    policy,
    mayEvict: policy !== '' && policy !== 'noeviction' && valueIn(info, 'maxmemory') !== '0',
    isDurable: valueIn(info, 'aof_enabled') === '1',
  };
}

/** Warns in the log when Redis may remove the stream. Never rejects. */
export async function warnOfEviction(
  link: Pick<RedisLink, 'command'>,
  logger: Pick<Logger, 'warn'>,
): Promise<void> {
  const facts = await readRedisFacts(link);
  if (facts?.mayEvict)
    logger.warn({
      message: 'Redis may remove the stream or the lease when its memory is full: set noeviction',
      'maxmemory-policy': facts.policy,
    });
}

function valueIn(info: string, key: string): string | undefined {
  return new RegExp(`^${key}:(.*?)\r?$`, 'm').exec(info)?.[1];
}
