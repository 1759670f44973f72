import { z } from 'zod';
import { isMapping, seconds, whole } from './kinds.js';

const MANY = 1_000_000_000;
const KIB = 1024;
const MIB = 1024 * KIB;
const TIB = MIB * MIB;

/** The bounds of all that grows, each with what happens at it. */
export const limits = z
  .strictObject({
    channel_messages: whole({
      reloadable: true,
      min: 1,
      max: MANY,
      unit: 'messages',
      default: 100_000,
      about: 'Messages kept of one channel; the oldest are dropped, and a client who comes later is told.',
    }),
    channel_bytes: whole({
      reloadable: true,
      min: 1,
      max: TIB,
      unit: 'bytes',
      default: 32 * MIB,
      about: 'Memory for the messages of one channel; the oldest are dropped. At most `limits.total_bytes`.',
    }),
    channels: whole({
      reloadable: true,
      min: 1,
      max: MANY,
      unit: 'channels',
      default: 200_000,
      about:
        'Channels held at a time; above it the finished ones are dropped first, then those that nobody watches, then the others; in each group the one that was idle for longest.',
    }),
    total_bytes: whole({
      reloadable: true,
      min: 1,
      max: TIB,
      unit: 'bytes',
      default: 256 * MIB,
      about:
        'Memory for all channels, their messages and what each channel takes by itself (about 3 KiB); above it channels are dropped as for `limits.channels`. The process needs more than this: some 100 MiB, `limits.encoded_bytes`, and about 9 KiB a client.',
    }),
    encoded_bytes: whole({
      min: 0,
      max: TIB,
      unit: 'bytes',
      default: 64 * MIB,
      about:
        'Memory for what streams share: messages as Server-Sent Events and as WebSocket frames, made when somebody reads them. Above it those that were not read for longest are dropped, and made again when needed. `0`: nothing is kept, and each reader costs the time to encode.',
    }),
    channel_id_bytes: whole({
      reloadable: true,
      min: 1,
      max: MIB,
      unit: 'bytes',
      default: KIB,
      about:
        'The longest channel id; longer ones are refused, from the broker and from clients. At most `limits.client_message_bytes`.',
    }),
    message_bytes: whole({
      reloadable: true,
      min: 1,
      max: 64 * MIB,
      unit: 'bytes',
      default: 64 * KIB,
      about: 'The largest message from the broker, all frames together; a larger one is counted and skipped.',
    }),
    connections: whole({
      reloadable: true,
      min: 1,
      max: 1_000_000,
      unit: 'clients',
      default: 50_000,
      about:
        'Clients connected at a time; more are refused with 503 or 1013 `busy`. The process needs 1,064 open files more than this; with fewer it takes fewer clients, and warns at the start.',
    }),
    client_message_bytes: whole({
      reloadable: true,
      min: 1,
      max: 16 * MIB,
      unit: 'bytes',
      default: 4 * KIB,
      about: 'The largest message that a client may send; above it the connection is closed with 1009.',
    }),
    client_frames: whole({
      reloadable: true,
      min: 1,
      max: MANY,
      unit: 'frames',
      default: 200,
      about:
        'WebSocket frames of any kind that a client may send within one `heartbeat.interval`; above it the connection is ended at once. A client needs one for its channel id and one for each ping.',
    }),
    subscribe_timeout: seconds({
      reloadable: true,
      default: 30,
      about: 'How long a connected client may take to name its channel before it is closed with 1008.',
    }),
    socket_buffer_bytes: whole({
      reloadable: true,
      min: 1,
      max: MIB * KIB,
      unit: 'bytes',
      default: 64 * KIB,
      about:
        "What may wait in a client's socket buffer before the client is skipped until it drains. Costs this much memory for each slow client.",
    }),
    lag: seconds({
      reloadable: true,
      default: 30,
      about: 'How long a client may be behind without taking anything before it is closed with 1013 `slow`.',
    }),
  })
  .refine(({ channel_bytes, total_bytes }) => !(channel_bytes > total_bytes), {
    path: ['channel_bytes'],
    error: 'at most limits.total_bytes',
    when: isMapping,
  })
  .refine(({ channel_id_bytes, client_message_bytes }) => !(channel_id_bytes > client_message_bytes), {
    path: ['channel_id_bytes'],
    error: 'at most limits.client_message_bytes',
    when: isMapping,
  });
