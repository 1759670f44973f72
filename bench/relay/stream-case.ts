import { now } from '../load/message.js';
import { RelayGroup, STREAM } from '../targets/relay-group.js';
import { threads, threadsBetween } from '../targets/thread-usage.js';
import type { LoadProcess } from '../load-process.js';
import type { Values } from '../scenarios/scenario.js';
import { cpuMicroseconds, type RelayCase } from './relay-case.js';

const CHANNELS = 100;

/**
 * As many messages as one ingest takes, then an edge that catches up. The edge is paused until Redis has all messages, so
 * that each of the two is measured alone.
 */
export function streamCase(messages: number): RelayCase {
  const count = messages.toLocaleString('en');
  const us = 'us of CPU';
  return {
    metrics: [
      {
        key: 'written',
        title: `ingest: ${count} messages from ZeroMQ to Redis`,
        unit: 'messages/s',
      },
      { key: 'ingest_us', title: 'ingest: a message, all threads', unit: us },
      { key: 'main_us', title: '... main thread', unit: us },
      { key: 'router_us', title: "... the ROUTER's thread", unit: us },
      {
        key: 'per_core',
        title: 'ingest: messages for one second of CPU',
        unit: 'messages',
        goal: { text: '>= 80,000', met: (value) => value >= 80_000 },
      },
      { key: 'redis_us', title: 'Redis: a message, written', unit: us },
      { key: 'redis_bytes', title: 'Redis: memory of a message', unit: 'bytes' },
      {
        key: 'read',
        title: `edge: catches up with ${count} messages`,
        unit: 'messages/s',
        goal: { text: '>= 150,000', met: (value) => value >= 150_000 },
      },
      { key: 'edge_us', title: 'edge: a message, when it catches up', unit: us },
      { key: 'redis_read_us', title: 'Redis: a message, read by one edge', unit: us },
      { key: 'edge_mib', title: 'edge: memory without clients or messages', unit: 'MiB' },
      { key: 'edge_bytes', title: 'edge: memory of a message', unit: 'bytes' },
    ],
    async measure() {
      const group = await RelayGroup.start({ edges: 1 });
      const load = group.load();
      try {
        return await write(group, load, messages);
      } finally {
        await load.stop();
        await group.stop();
      }
    },
  };
}

async function write(group: RelayGroup, load: LoadProcess, messages: number): Promise<Values> {
  const { redis } = group;
  const [ingest, edge] = [group.ingests[0]!.process, group.edges[0]!.process];
  await load.run('connect', { group: 'last', channels: 1, clients: 1 });
  const empty = { edge: edge.usage(), memory: await redis.memory() };
  edge.signal('SIGSTOP');
  const before = { ingest: threads(ingest.pid), redis: redis.process.usage() };
  const channels = CHANNELS;
  const bulk = { prefix: 'stream', channels, messages: messages / channels };
  const { startedAt } = await load.run('publish', bulk);
  // Messages keep their order, so this one is written last.
  const last = load.run('publish', { prefix: 'last', channels: 1, messages: 1 });
  await redis.has(STREAM, 'last-0');
  const written = (messages * 1e9) / (now() - startedAt);
  const used = threadsBetween(ingest.pid, before.ingest, threads(ingest.pid));
  const full = { edge: edge.usage(), redis: redis.process.usage(), memory: await redis.memory() };
  const resumedAt = now();
  edge.signal('SIGCONT');
  const got = await last;
  const after = { edge: edge.usage(), redis: redis.process.usage() };
  const all = used.main + used.router + used.zeromq + used.other;
  return {
    written,
    ingest_us: cpuMicroseconds(all, messages),
    per_core: messages / all,
    main_us: cpuMicroseconds(used.main, messages),
    router_us: cpuMicroseconds(used.router, messages),
    zeromq_us: cpuMicroseconds(used.zeromq, messages),
    redis_us: cpuMicroseconds(full.redis.cpu - before.redis.cpu, messages),
    redis_bytes: (full.memory - empty.memory) / messages,
    read: (messages * 1e9) / (got.startedAt + got.seconds * 1e9 - resumedAt),
    edge_us: cpuMicroseconds(after.edge.cpu - full.edge.cpu, messages),
    redis_read_us: cpuMicroseconds(after.redis.cpu - full.redis.cpu, messages),
    edge_mib: empty.edge.rss / 2 ** 20,
    edge_bytes: (after.edge.rss - empty.edge.rss) / messages,
  };
}
