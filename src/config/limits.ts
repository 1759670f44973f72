import { z } from 'zod';
import { addressLimitKeys } from './address-limits.js';
import { isMapping, seconds, whole } from './kinds.js';

const MANY = 1_000_000_000;
const KIB = 1024;
const MIB = 1024 * KIB;
const TIB = MIB * MIB;

/** The keys of `limits`: a limit for everything that grows, and what happens when it is reached. */
export const limits = z
  .strictObject({
    channel_messages: whole({
      reloadable: true,
      min: 1,
      max: MANY,
      unit: 'messages',
      default: 100_000,
      about:
        'Messages kept per channel. Above this limit the oldest are removed, and late clients get the reset `trimmed`.',
    }),
    channel_bytes: whole({
      reloadable: true,
      min: 1,
      max: TIB,
      unit: 'bytes',
      default: 32 * MIB,
      about:
        'Memory for the messages of one channel. Above this limit the oldest are removed. At most `limits.total_bytes`.',
    }),
    channels: whole({
      reloadable: true,
      min: 1,
      max: MANY,
      unit: 'channels',
      default: 200_000,
      about:
        'Channels kept at a time. Above this limit channels are removed: first finished channels, then channels without clients, then others; within each group the channel that has been idle longest.',
    }),
    total_bytes: whole({
      reloadable: true,
      min: 1,
      max: TIB,
      unit: 'bytes',
      default: 256 * MIB,
      about:
        'Memory for all channels: their messages, and about 3 KiB per channel. Above this limit channels are removed in the order of `limits.channels`. The process needs more memory than this: about 100 MiB, `limits.encoded_bytes`, and about 9 KiB per client.',
    }),
    encoded_bytes: whole({
      reloadable: true,
      min: 0,
      max: TIB,
      unit: 'bytes',
      default: 64 * MIB,
      about:
        'Memory for encoded messages (Server-Sent Events and WebSocket frames), which are encoded when the first client reads them and shared by all clients. Above this limit the least recently read are removed, and encoded again when needed. `0`: nothing is kept, and messages are encoded for each client again.',
    }),
    channel_id_bytes: whole({
      min: 1,
      max: MIB,
      unit: 'bytes',
      default: KIB,
      about:
        'The longest channel id. Longer ids are rejected, from the broker and from clients. At most `limits.client_message_bytes`.',
    }),
    message_bytes: whole({
      min: 1,
      max: 64 * MIB,
      unit: 'bytes',
      default: 64 * KIB,
      about:
        'The largest message, all texts together with the channel id. A larger message is rejected and counted.',
    }),
    publish_bytes: whole({
      reloadable: true,
      min: 1,
      max: 64 * MIB,
      unit: 'bytes',
      default: MIB,
      about:
        'The largest body of a request that publishes messages over HTTP. A larger body is refused with 413, and none of its messages is appended.',
    }),
    connections: whole({
      reloadable: true,
      min: 1,
      max: 1_000_000,
      unit: 'clients',
      default: 50_000,
      about:
        'Clients connected at a time. Further clients are refused with 503 or 1013 `busy`. The open files limit of the process must be at least 1,064 higher; otherwise the monitor accepts fewer clients and logs a warning. A lower value closes no client: the monitor admits none until there are fewer.',
    }),
    client_message_bytes: whole({
      min: 1,
      max: 16 * MIB,
      unit: 'bytes',
      default: 4 * KIB,
      about: 'The largest message that a client may send. A larger message closes the connection with 1009.',
    }),
    client_frames: whole({
      reloadable: true,
      min: 1,
      max: MANY,
      unit: 'frames',
      default: 200,
      about:
        'WebSocket frames of any kind that a client may send within one `heartbeat.interval`. More frames end the connection at once. A client needs one frame for its channel id and one per ping.',
    }),
    subscribe_timeout: seconds({
      reloadable: true,
      default: 30,
      about:
        'How long a connected client may take to send its channel id. After that its connection is closed with 1008.',
    }),
    socket_buffer_bytes: whole({
      reloadable: true,
      min: 1,
      max: MIB * KIB,
      unit: 'bytes',
      default: 64 * KIB,
      about:
        "Bytes that may wait in a client's socket buffer. Above this limit the client gets no further messages until the buffer drains. Costs this much memory per slow client.",
    }),
    lag: seconds({
      reloadable: true,
      default: 30,
      about:
        'How long a client may be behind without receiving anything. After that its connection is closed with 1013 `slow`.',
    }),
    ...addressLimitKeys,
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
