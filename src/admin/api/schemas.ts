import { z } from 'zod';
import type { ChannelSummary } from '../../channels/channel-summary.js';
import { CLIENT_SOURCES } from '../../http/addresses/client-source.js';
import { loggerSettings } from '../../config/logger-settings.js';
import type { ReloadReport } from '../../reload/reload-report.js';
import type { ChannelConnections } from '../channel-connections.js';
import type { ChannelPage } from '../channel-pages.js';
import type { RelayReport } from '../relay-report.js';
import type { StatusSample } from '../status-sample.js';
import type { StatusReport } from '../status.service.js';

/** The schemas with a name of their own in the document. */
export const namedSchemas = z.registry<{ readonly id: string }>();

const count = z.int().min(0);
const seconds = z.number().min(0);
const position = z
  .string()
  .meta({ description: 'Epoch and sequence number of a message.', examples: ['5f3a9c-12'] });
const time = z.iso.datetime();
const state = z.enum(['waiting', 'running', 'aborted', 'failed', 'finished']);
const level = loggerSettings.shape.level.unwrap().out;

/** The answer to every error. */
export const errorAnswer = z
  .object({
    statusCode: z.int(),
    error: z.string().optional(),
    message: z.string().meta({ description: 'What was expected, and what came.' }),
  })
  .register(namedSchemas, { id: 'Error' });

const summary = z.strictObject({
  id: z.string(),
  position,
  state,
  attempt: z.int().min(1),
  tasks: z.strictObject({ completed: count, failed: count, skipped: count }),
  messages: count,
  partial: z.boolean().meta({
    description: 'The beginning of the job is missing, so all counts are lower bounds.',
  }),
  subscribers: count,
  started_at: time.nullable(),
  updated_at: time.nullable(),
  finished_at: time.nullable(),
});

export const channelSummary: z.ZodType<ChannelSummary> = summary.register(namedSchemas, {
  id: 'ChannelSummary',
});

export const channelPage: z.ZodType<ChannelPage> = z
  .strictObject({
    channels: z.array(channelSummary),
    total: count.meta({ description: 'Channels in memory, whether they match or not.' }),
    next: z
      .string()
      .nullable()
      .meta({ description: 'The `cursor` of the next page; null on the last page.' }),
  })
  .register(namedSchemas, { id: 'ChannelPage' });

const channelMessage = z.strictObject({
  id: position,
  time,
  command: z.string(),
  task_id: z.string().optional(),
  task_state: z.string().optional(),
});

export const channelDetails = z
  .strictObject({
    summary: z.strictObject({
      ...summary.shape,
      retained: count.meta({ description: 'Messages in memory.' }),
      bytes: count.meta({ description: 'Memory of the channel.' }),
      first: position
        .nullable()
        .meta({ description: 'The oldest message in memory; null without messages.' }),
    }),
    messages: z.array(channelMessage).meta({ description: 'The newest messages, the oldest of them first.' }),
  })
  .register(namedSchemas, { id: 'ChannelDetails' });

export const channelConnections: z.ZodType<ChannelConnections> = z
  .strictObject({
    connections: z
      .array(
        z.strictObject({
          kind: z.enum(['legacy', 'websocket', 'batch', 'sse']),
          address: z.string().meta({ description: 'The IP address of the client.' }),
          source: z.enum(CLIENT_SOURCES).meta({
            description:
              'Where the address comes from. With connection, untrusted-header, missing-header and unclear-header it is the other side of the connection, which may be a proxy.',
          }),
        }),
      )
      .meta({ description: 'The oldest connections, at most 1,000.' }),
    total: count.meta({ description: 'All connections.' }),
  })
  .register(namedSchemas, { id: 'ChannelConnections' });

const publishedMessage = z.object({
  command: z.string().min(1),
  task_id: z.string().optional(),
  task_state: z.string().optional(),
});

/** The body of a request that publishes: one message or several. */
export const publishedMessages = z
  .union([publishedMessage, z.array(publishedMessage).min(1)])
  .register(namedSchemas, { id: 'PublishedMessages' });

export const publishResult = z
  .strictObject({
    position: position.meta({ description: 'The position of the last message.' }),
    messages: z.int().min(1).meta({ description: 'Messages that were appended.' }),
  })
  .register(namedSchemas, { id: 'PublishResult' });

const sampleNumbers = {
  time: z.int().meta({ description: 'Milliseconds since 1970.' }),
  messages: count.meta({ description: 'Messages since the start.' }),
  deliveries: count.meta({ description: 'Writes of messages to clients since the start.' }),
  delivered_bytes: count.meta({ description: 'Bytes of these writes.' }),
  connections: count,
  channels: count,
  retained_bytes: count,
  latency_p50: seconds
    .nullable()
    .meta({ description: 'Seconds from the receipt of a message to its delivery.' }),
  latency_p99: seconds.nullable(),
  event_loop_p99: seconds.nullable().meta({ description: 'Seconds by which the event loop was late.' }),
  event_loop_max: seconds.nullable(),
  cpu: z.number().min(0).meta({ description: 'Cores in use.' }),
  rss: count.nullable().meta({ description: 'Resident memory in bytes; null without a free open file.' }),
  broker_peers: count,
  warnings: count.meta({ description: 'Warnings and errors since the start.' }),
};

const relayState: z.ZodType<RelayReport> = z
  .strictObject({
    role: z.enum(['all', 'ingest', 'edge']),
    state: z.enum(['off', 'starting', 'leading', 'standby', 'following', 'away']),
    stale: z.boolean().meta({ description: 'Clients may miss the newest messages.' }),
    led: z.boolean().meta({ description: 'Some process has the lease, as of the last answer of Redis.' }),
    lag_entries: count.meta({ description: 'Entries in Redis that this process has not applied.' }),
    lag_seconds: seconds.meta({
      description: 'Time since this process had all entries; 0 while it has them.',
    }),
    unconfirmed_entries: count.meta({ description: 'Entries that Redis has not confirmed.' }),
    buffer_bytes: count.meta({ description: 'Bytes of these entries.' }),
    buffer_limit: count.meta({ description: 'relay.buffer.' }),
    lost_messages: count.meta({ description: 'Messages that clients of other processes never get.' }),
    gaps: count.meta({ description: 'Times that entries were missing in the stream.' }),
    rewrites: count.meta({ description: 'Times that this process wrote all channels again.' }),
    followed_messages: count.meta({ description: 'Messages that came from other processes.' }),
  })
  .register(namedSchemas, { id: 'RelayReport' });

const monitorState = z.enum(['starting', 'open', 'draining']);

export const statusSample: z.ZodType<StatusSample> = z
  .strictObject({
    ...sampleNumbers,
    listening: z.boolean().meta({ description: 'The port for the broker is open.' }),
    state: monitorState,
    relay: relayState.nullable().meta({ description: 'Null without a relay.' }),
    limits_reached: z.array(z.string()),
    log_level: level,
  })
  .register(namedSchemas, { id: 'StatusSample' });

export const statusReport: z.ZodType<StatusReport> = z
  .strictObject({
    version: z.string(),
    node: z.string(),
    started_at: time,
    uptime: seconds,
    state: monitorState,
    configuration: z.record(z.string(), z.unknown()).meta({
      description: 'The configuration in effect, in the form of its file, without secrets.',
    }),
    configuration_file: z.string().nullable(),
    broker: z.strictObject({ endpoint: z.string().nullable(), peers: count }),
    relay: relayState.nullable().meta({ description: 'Null without a relay.' }),
    listeners: z.strictObject({ public: z.array(z.url()), admin: z.array(z.url()) }),
    limits: z.array(
      z.strictObject({
        key: z.string(),
        used: count,
        limit: count,
        reached: count.meta({ description: 'Clients refused or channels removed since the start.' }),
      }),
    ),
    warnings: z.array(
      z.strictObject({
        time,
        level: z.enum(['warning', 'error', 'critical']),
        message: z.string(),
        fields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
        count: z.int().min(1),
      }),
    ),
    log_level: level,
    sample: statusSample,
  })
  .register(namedSchemas, { id: 'StatusReport' });

export const sampleHistory = z
  .strictObject({
    interval: seconds,
    samples: z.strictObject(
      Object.fromEntries(Object.entries(sampleNumbers).map(([name, schema]) => [name, z.array(schema)])),
    ),
  })
  .register(namedSchemas, { id: 'SampleHistory' });

export const logLevel = z.strictObject({ level }).register(namedSchemas, { id: 'LogLevel' });

export const reloadReport: z.ZodType<ReloadReport> = z
  .strictObject({
    successful: z.boolean().meta({ description: 'The configuration is valid, and no part failed.' }),
    applied: z.array(z.string()).meta({ description: 'The keys that have a new value.' }),
    need_restart: z
      .array(z.string())
      .meta({ description: 'The keys that differ from the file until the monitor restarts.' }),
    problems: z
      .array(
        z.strictObject({
          key: z
            .string()
            .meta({ description: 'The key, or the place in the file; empty for the whole file.' }),
          expected: z.string(),
          got: z.string().exactOptional(),
          source: z.string().meta({ description: 'The file, or the environment variable.' }),
        }),
      )
      .meta({ description: 'With any problem, nothing has changed.' }),
    warnings: z.array(
      z.strictObject({ message: z.string(), variable: z.string(), nearest: z.string().exactOptional() }),
    ),
    parts: z
      .array(
        z.strictObject({ name: z.string(), successful: z.boolean(), reason: z.string().exactOptional() }),
      )
      .meta({ description: 'A part that failed keeps its previous state.' }),
  })
  .register(namedSchemas, { id: 'ReloadReport' });
