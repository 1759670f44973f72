import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Lease } from '../../src/relay/lease.js';
import type { RedisConnection } from '../../src/relay/redis-connection.js';
import type { RelayContext } from '../../src/relay/relay-context.js';
import { relayKeys } from '../../src/relay/relay-keys.js';
import { RedisServer } from '../fixtures/redis/redis-server.js';

const KEYS = relayKeys('recodex:progress');
const RECORDS = Buffer.from('records');

/** The smallest permissions of each role; see docs/scaling.md. */
const KEY_PATTERNS = ['~recodex:progress', '~{recodex:progress}:*'];
const INGEST_PERMISSIONS = [
  ...KEY_PATTERNS,
  '+evalsha',
  '+script|load',
  '+client|setname',
  '+info',
  '+time',
  '+get',
  '+set',
  '+del',
  '+exists',
  '+hmget',
  '+hset',
  '+xadd',
  '+xtrim',
  '+xrange',
  '+xread',
  '+xinfo',
];
const EDGE_PERMISSIONS = [
  '%R~recodex:progress',
  '%R~{recodex:progress}:lease',
  '+client|setname',
  '+exists',
  '+xread',
  '+xinfo',
];

let redis: RedisServer;
let connections: RedisConnection[];

beforeAll(async () => {
  redis = await RedisServer.start();
});
afterAll(() => redis.remove());
beforeEach(async () => {
  await redis.command('FLUSHALL');
  connections = [];
  return () => connections.forEach((connection) => connection.close());
});

describe('the lease', () => {
  it('is free at first, and held afterwards', async () => {
    const [a, b] = [await holder('a'), await holder('b')];
    expect(await a.acquire('0-0')).toMatchObject({ kind: 'acquired', isSeamless: false });
    expect(await b.acquire('0-0')).toEqual({ kind: 'held' });
  });

  it('goes to the next process when it is given back', async () => {
    const [a, b] = [await holder('a'), await holder('b')];
    const token = await tokenOf(a);
    await a.append(token, { batch: 1, records: RECORDS, trimTo: `${token}-0` });
    await a.release(token);
    expect(await b.acquire(`${token}-1`)).toMatchObject({ kind: 'acquired', isSeamless: true });
  });

  it('goes to nobody who lacks an entry', async () => {
    const [a, b] = [await holder('a'), await holder('b')];
    const token = await tokenOf(a);
    await a.append(token, { batch: 1, records: RECORDS, trimTo: undefined });
    await redis.command('DEL', KEYS.lease);
    expect(await b.acquire(`${token}-0`)).toEqual({ kind: 'behind', last: `${token}-1` });
  });

  it.each([
    ['the segment is not complete', undefined, 'ingest'],
    ['the holder shows messages before Redis has them', 'complete', 'all'],
  ] as const)('is not seamless when %s', async (_reason, complete, role) => {
    const [a, b] = [await holder('a', role), await holder('b')];
    const token = await tokenOf(a);
    await a.append(token, { batch: 1, records: RECORDS, trimTo: complete && `${token}-0` });
    await redis.command('DEL', KEYS.lease);
    expect(await b.acquire(`${token}-1`)).toMatchObject({ kind: 'acquired', isSeamless: false });
  });

  it('gets a higher token each time, even when the clock goes back', async () => {
    const a = await holder('a');
    const first = await tokenOf(a);
    await redis.command('HSET', KEYS.head, 'token', String(Number(first) + 1_000_000));
    await redis.command('DEL', KEYS.lease);
    const answer = await a.acquire(`${first}-0`);
    expect(answer).toMatchObject({ kind: 'acquired', token: String(Number(first) + 1_000_001) });
  });

  it('is not given to an attempt that Redis runs too late', async () => {
    const [a, b] = [await holder('a', 'ingest', 1), await holder('b')];
    const token = await tokenOf(a);
    await b.acquire(`${token}-0`);
    redis.pause();
    const attempt = b.acquire(`${token}-0`);
    await new Promise((resolve) => setTimeout(resolve, 1700));
    redis.continue();
    expect(await attempt).toEqual({ kind: 'held' });
    expect(await a.renew(token, '')).toEqual({ state: 'OK', batch: 0 });
  });
});

describe('an entry', () => {
  it('is confirmed, and confirmed again when it is repeated', async () => {
    const a = await holder('a');
    const token = await tokenOf(a);
    const entry = { batch: 1, records: RECORDS, trimTo: undefined };
    expect([await a.append(token, entry), await a.append(token, entry)]).toEqual(['OK', 'OK']);
    expect(await redis.command('XLEN', KEYS.stream)).toBe(2);
  });

  it('trims what comes before a complete segment', async () => {
    const a = await holder('a');
    const token = await tokenOf(a);
    await a.append(token, { batch: 1, records: RECORDS, trimTo: `${token}-1` });
    expect(await redis.command('XLEN', KEYS.stream)).toBe(1);
    expect(await a.renew(token, `${token}-0`)).toEqual({ state: 'TRIMMED', batch: 1 });
    expect(await a.renew(token, `${token}-1`)).toEqual({ state: 'OK', batch: 1 });
  });

  it('of a process that was replaced is fenced', async () => {
    const [a, b] = [await holder('a'), await holder('b')];
    const token = await tokenOf(a);
    await redis.command('DEL', KEYS.lease);
    await b.acquire(`${token}-0`);
    expect(await a.append(token, { batch: 1, records: RECORDS, trimTo: undefined })).toBe('FENCED');
    expect(await a.renew(token, '')).toMatchObject({ state: 'FENCED' });
    expect(await redis.command('EXISTS', KEYS.lease)).toBe(1);
  });

  it.each([
    ['everything', ['FLUSHALL']],
    ['the stream', ['DEL', KEYS.stream]],
    ['the head', ['DEL', KEYS.head]],
    ['an earlier entry', ['HSET', KEYS.head, 'batch', '0']],
  ])('finds out that Redis has lost %s', async (_what, command) => {
    const a = await holder('a');
    const token = await tokenOf(a);
    await a.append(token, { batch: 1, records: RECORDS, trimTo: undefined });
    await redis.command(...command);
    expect(await a.append(token, { batch: 2, records: RECORDS, trimTo: undefined })).toBe('EMPTIED');
  });

  it('is refused when Redis has no memory left, and accepted later', async () => {
    const a = await holder('a');
    const token = await tokenOf(a);
    const entry = { batch: 1, records: RECORDS, trimTo: undefined };
    await redis.command('CONFIG', 'SET', 'maxmemory', '1');
    await expect(a.append(token, entry)).rejects.toThrow(/OOM/);
    await redis.command('CONFIG', 'SET', 'maxmemory', '0');
    expect(await a.append(token, entry)).toBe('OK');
  });

  it('is refused by a replica', async () => {
    const a = await holder('a');
    const token = await tokenOf(a);
    await redis.command('REPLICAOF', '127.0.0.1', '1');
    await expect(a.append(token, { batch: 1, records: RECORDS, trimTo: undefined })).rejects.toThrow(
      /READONLY/,
    );
    await redis.command('REPLICAOF', 'NO', 'ONE');
  });

  it('is refused when the scripts are gone, until the next connection', async () => {
    const a = await holder('a');
    const token = await tokenOf(a);
    await redis.command('SCRIPT', 'FLUSH');
    const entry = { batch: 1, records: RECORDS, trimTo: undefined };
    await expect(a.append(token, entry)).rejects.toThrow(/NOSCRIPT/);
    expect(await (await holder('a')).append(token, entry)).toBe('OK');
  });

  it.each([KEYS.stream, KEYS.head, KEYS.lease])('needs keys of the right type (%s)', async (key) => {
    await redis.command('LPUSH', key, 'x');
    await expect((await holder('a')).acquire('0-0')).rejects.toThrow(/WRONGTYPE/);
  });
});

describe('the smallest permissions', () => {
  it('of an ingest suffice, and each one is needed', async () => {
    const lead = async (permissions: readonly string[]): Promise<string> => {
      await redis.command('FLUSHALL');
      const a = await holderAs(permissions);
      await tokenOf(a);
      const token = await tokenOf(a);
      const state = await a.append(token, { batch: 1, records: RECORDS, trimTo: `${token}-0` });
      const { state: renewed } = await a.renew(token, `${token}-0`);
      await a.release(token);
      return `${state} ${renewed}`;
    };
    expect(await lead(INGEST_PERMISSIONS)).toBe('OK OK');
    // `xread` belongs to the standby, without `info` a takeover is never seamless, and connections need no name.
    const needed = INGEST_PERMISSIONS.filter(
      (one) => !['+xread', '+info', '+client|setname', ...KEY_PATTERNS].includes(one),
    );
    const needless: string[] = [];
    for (const each of needed)
      await lead(INGEST_PERMISSIONS.filter((one) => one !== each)).then(
        () => needless.push(each),
        () => {},
      );
    expect(needless).toEqual([]);
  });

  it('of an edge suffice for its commands, and permit no change', async () => {
    await tokenOf(await holder('a'));
    await redis.command('ACL', 'SETUSER', 'edge', 'reset', 'on', '>secret', ...EDGE_PERMISSIONS);
    const edge = await connect({ user: 'edge', password: 'secret' });
    expect(await edge.command('XREAD', 'COUNT', '1', 'STREAMS', KEYS.stream, '0-0')).toHaveLength(1);
    expect(await edge.command('XINFO', 'STREAM', KEYS.stream)).not.toBeNull();
    expect(await edge.command('EXISTS', KEYS.lease)).toBe(1);
    await expect(edge.command('XADD', KEYS.stream, '*', 'a', 'b')).rejects.toThrow(/NOPERM/);
    await expect(edge.command('DEL', KEYS.lease)).rejects.toThrow(/NOPERM/);
  });
});

async function holder(name: string, role: 'ingest' | 'all' = 'ingest', lease = 10): Promise<Lease> {
  return leaseOver(await connect(), name, { role, lease });
}

async function holderAs(permissions: readonly string[]): Promise<Lease> {
  await redis.command('ACL', 'SETUSER', 'ingest', 'reset', 'on', '>secret', ...permissions);
  return leaseOver(await connect({ user: 'ingest', password: 'secret' }), 'a', { role: 'ingest', lease: 10 });
}

function leaseOver(
  link: RedisConnection,
  name: string,
  settings: { role: 'ingest' | 'all'; lease: number },
): Promise<Lease> {
  const context: RelayContext = {
    settings: redis.settings(settings),
    keys: KEYS,
    holder: name,
    open: () => Promise.resolve(link),
  };
  return Lease.over(link, context);
}

async function connect(more: Parameters<RedisServer['connect']>[0] = {}): Promise<RedisConnection> {
  const connection = await redis.connect(more);
  connections.push(connection);
  return connection;
}

/** Takes the lease, whatever the stream has. */
async function tokenOf(lease: Lease): Promise<string> {
  const answer = await lease.acquire(undefined);
  if (answer.kind !== 'acquired') throw new Error(answer.kind);
  return answer.token;
}
