import type { ChannelsService } from '../channels/channels.service.js';
import type { Admission } from '../gateway/admission.js';
import type { ConnectionRegistry } from '../gateway/connection-registry.js';
import type { HttpServers } from '../http/http-servers.js';

/** How much of a limit is used. */
export interface LimitUsage {
  /** The key of the configuration. */
  readonly key: string;
  readonly used: number;
  readonly limit: number;
  /** How often the limit refused a client or removed a channel since the start. */
  readonly reached: number;
}

/** The rooms that have limits. */
export interface LimitedRooms {
  readonly channels: ChannelsService;
  readonly connections: ConnectionRegistry;
  readonly admission: Admission;
  readonly servers: HttpServers;
}

/** The limits that bound all clients and all channels together. */
export function limitUsages({ channels, connections, admission, servers }: LimitedRooms): LimitUsage[] {
  const { counters, limits, size } = channels;
  return [
    {
      key: 'limits.connections',
      used: connections.size,
      // Fewer than configured when open files are short.
      limit: servers.capacity.clients,
      reached: admission.refused.busy + servers.public.counters.dropped,
    },
    {
      key: 'limits.channels',
      used: size.channels - counters.states.waiting,
      limit: limits.channels,
      reached: counters.limitsReached.channels,
    },
    {
      key: 'limits.total_bytes',
      used: size.bytes,
      limit: limits.total_bytes,
      reached: counters.limitsReached.total_bytes,
    },
  ];
}
