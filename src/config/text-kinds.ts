import { z } from 'zod';
import { documented, keyDocs, reject, type KeyOptions } from './kinds.js';
import { isOff } from './read-value.js';

/** A text on one line. */
export function text(key: KeyOptions & { default: string; max: number }) {
  const expected = `a text of 1 to ${key.max} characters on one line`;
  return z
    .unknown()
    .transform((value, context) => (isLine(value, key.max) ? value : reject(context, expected)))
    .default(key.default)
    .register(keyDocs, { type: 'text', expected, ...documented(key) });
}

/** A text on one line, or null (the default) for none. */
export function textOrOff(key: KeyOptions & { defaultNote: string }) {
  const max = 512;
  const expected = `a text of 1 to ${max} characters on one line, or off`;
  return z
    .unknown()
    .transform((value, context) => {
      if (isOff(value)) return null;
      return isLine(value, max) ? value : reject(context, expected);
    })
    .default(null)
    .register(keyDocs, { type: 'text or off', expected, ...documented(key), defaultNote: key.defaultNote });
}

/** The address of a Redis server, or null (the default) for none. */
export function redisUrlOrOff(key: KeyOptions) {
  const expected =
    'redis://host:port or rediss://host:port, with an optional database such as /1 and without a password (relay.user, relay.password_file), or off';
  return z
    .unknown()
    .transform((value, context) => {
      if (isOff(value)) return null;
      return typeof value === 'string' && isRedisUrl(value) ? value : reject(context, expected);
    })
    .default(null)
    .register(keyDocs, { type: 'URL or off', expected, ...documented(key), sensitive: true });
}

function isLine(value: unknown, max: number): value is string {
  return typeof value === 'string' && value !== '' && value.length <= max && !/\p{Cc}/u.test(value);
}

function isRedisUrl(value: string): boolean {
  if (!/^rediss?:\/\//.test(value) || !URL.canParse(value)) return false;
  const { hostname, username, password, pathname, search, hash } = new URL(value);
  return hostname !== '' && !username && !password && !search && !hash && /^(\/\d{0,3})?$/.test(pathname);
}
