import { z } from 'zod';
import { choice, isMapping, pathOrOff, seconds, whole } from './kinds.js';
import { redisUrlOrOff, text, textOrOff } from './text-kinds.js';

const KIB = 1024;
const MIB = 1024 * KIB;

/** The role of a process in `relay`. */
export type RelayRole = z.output<typeof relaySettings>['role'];

/** Condition (zod's `when`) of a check of `relay` and `journal`: both are mappings. */
export function hasRelayKeys({ value }: { value: unknown }): boolean {
  if (!isMapping({ value })) return false;
  const { relay, journal } = value as Record<'relay' | 'journal', unknown>;
  return isMapping({ value: relay }) && isMapping({ value: journal });
}

/** Whether Redis hashes only a part of the name of a key: the text in the first pair of braces, if there is any text. */
export function hasHashTag(name: string): boolean {
  return /^[^{]*\{[^}]+\}/.test(name);
}

/** The keys of `relay`: several processes that show the same channels, through Redis. */
export const relaySettings = z
  .strictObject({
    url: redisUrlOrOff({
      about:
        'Redis server (6.2 or newer): `redis://host:port`, or `rediss://host:port` with TLS; a database follows as `/1`. With this key, several processes share their channels through one stream: [scaling.md](scaling.md). `off`: this process works alone.',
    }),
    role: choice({
      of: ['all', 'ingest', 'edge'],
      default: 'all',
      about:
        '`ingest`: takes messages and writes them to Redis; clients are refused. `edge`: serves clients and takes no messages. `all`: both. Among all processes with the role `ingest` or `all`, only the one that holds the lease takes messages. The others wait for the lease.',
    }),
    stream: text({
      default: 'recodex:progress',
      max: 200,
      about:
        'Name of the stream in Redis. All processes of one installation use the same name. The keys beside the stream have the same name with a suffix, and lie in the same hash slot.',
    }),
    user: textOrOff({
      defaultNote: 'the default user of Redis',
      about: 'User for Redis (ACL).',
    }),
    password: textOrOff({
      secret: true,
      defaultNote: 'no password',
      about: 'Password for Redis. `relay.password_file` keeps it out of the configuration.',
    }),
    password_file: pathOrOff({
      defaultNote: '`relay.password`',
      about:
        'File with the password for Redis in its first line. Other users must have no access to it, and its group may only read it. The file is read again for each connection.',
    }),
    ca: pathOrOff({
      defaultNote: 'the authorities of the system',
      about: 'PEM file with the authorities that sign the certificate of Redis, for `rediss://`.',
    }),
    lease: seconds({
      default: 2,
      about:
        'When the process that takes messages is silent for this long, another one replaces it. A shorter time replaces it sooner, but then a short pause of the process or of Redis may replace it too. From 0.5 to 60.',
    }),
    buffer: whole({
      min: 4 * KIB,
      max: 1024 * 1024 * MIB,
      unit: 'bytes',
      default: 64 * MIB,
      about:
        'Memory for entries that Redis has not confirmed. When it is full, further messages wait in their channels. Messages that `limits` remove there before Redis is back are lost for clients of other processes: they are counted, and these clients get a reset.',
    }),
  })
  // Without this check, an edge without `relay.url` would start as a monitor that works alone.
  .refine(({ url, role }) => !(url === null && role !== 'all'), {
    path: ['url'],
    error: 'the address of Redis, because relay.role is set',
    when: isMapping,
  })
  .refine(({ lease }) => !(lease < 0.5 || lease > 60), {
    path: ['lease'],
    error: 'a number of seconds from 0.5 to 60',
    when: isMapping,
  })
  .refine(({ stream }) => typeof stream !== 'string' || hasHashTag(stream) || !stream.includes('}'), {
    path: ['stream'],
    error: 'a name without }, or with some text in its first pair of braces',
    when: isMapping,
  })
  .refine(({ password, password_file }) => !(password !== null && password_file !== null), {
    path: ['password'],
    error: 'off, because relay.password_file is set',
    when: isMapping,
  })
  .refine(({ url, ca }) => !(ca !== null && typeof url === 'string' && !url.startsWith('rediss:')), {
    path: ['ca'],
    error: 'off, or a relay.url that starts with rediss://',
    when: isMapping,
  });
