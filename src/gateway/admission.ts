import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { relayConfig } from '../config/namespaces.js';
import { HttpServers } from '../http/http-servers.js';
import { OriginPolicy } from '../http/origin-policy.js';
import type { StreamRequest } from '../http/stream-request.js';
import { ConnectionRegistry } from './connection-registry.js';
import {
  ADDRESS_LIMIT,
  BUSY,
  FOREIGN_ORIGIN,
  NO_EDGE,
  RESTARTING,
  tokenRefusal,
  type Refusal,
} from './refusals.js';

/** The decision to admit a request. */
export interface Admitted {
  readonly admitted: true;
}

const ADMITTED: Admitted = { admitted: true };

/**
 * Decides whether a request for a WebSocket, an event stream, a summary or the page is admitted. Each protocol renders
 * the decision differently.
 */
@Injectable()
export class Admission {
  /** `starting` and `draining` refuse every stream. */
  state: 'starting' | 'open' | 'draining' = 'starting';
  /** Refused requests by reason. */
  readonly refused: Record<Refusal['reason'], number> = {
    restart: 0,
    busy: 0,
    ingest: 0,
    unauthorized: 0,
    forbidden: 0,
    origin: 0,
    address: 0,
  };

  /** Without admitted streams: an entry would take memory for each client. */
  private readonly decisions = new WeakMap<StreamRequest, Admitted | Refusal>();

  constructor(
    private readonly servers: HttpServers,
    private readonly connections: ConnectionRegistry,
    private readonly origins: OriginPolicy,
    @Inject(relayConfig.KEY) private readonly relay: ConfigType<typeof relayConfig>,
  ) {}

  /** Starts to admit streams, unless the shutdown has begun. */
  open(): void {
    if (this.state === 'starting') this.state = 'open';
  }

  /** Refuses streams from now on. Requests for a probe, a summary or the page are still answered. */
  drain(): void {
    this.state = 'draining';
  }

  /** Decides about one request. A refused request stays refused. Each request is counted once. */
  admit(request: StreamRequest): Admitted | Refusal {
    const earlier = this.decisions.get(request);
    if (earlier) return earlier;
    const decision = this.refusalOf(request) ?? ADMITTED;
    if (!decision.admitted) this.refused[decision.reason]++;
    if (!decision.admitted || !isStream(request)) this.decisions.set(request, decision);
    return decision;
  }

  private refusalOf(request: StreamRequest): Refusal | undefined {
    const { representation, access, foreignOrigin, lease, clientAddress } = request;
    const stream = isStream(request);
    if (representation === 'websocket' && !this.origins.allows(foreignOrigin)) return FOREIGN_ORIGIN;
    if (access?.granted === false) return tokenRefusal(access);
    // Only streams keep a connection. A summary or the page costs no more than a refusal.
    if (stream && this.state !== 'open') return RESTARTING;
    if (stream && this.relay.url !== null && this.relay.role === 'ingest') return NO_EDGE;
    if (stream && this.connections.size >= this.servers.capacity.clients) return BUSY;
    // The last one, because it counts the request.
    return lease?.refusalOf(clientAddress, stream) ? ADDRESS_LIMIT : undefined;
  }
}

function isStream({ representation }: StreamRequest): boolean {
  return representation === 'websocket' || representation === 'text/event-stream';
}
