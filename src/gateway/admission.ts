import { Injectable } from '@nestjs/common';
import { HttpServers } from '../http/http-servers.js';
import type { StreamRequest } from '../http/stream-request.js';
import { ConnectionRegistry } from './connection-registry.js';
import { BUSY, RESTARTING, tokenRefusal, type Refusal } from './refusals.js';

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
    unauthorized: 0,
    forbidden: 0,
  };

  private readonly refusals = new WeakMap<StreamRequest, Refusal>();

  constructor(
    private readonly servers: HttpServers,
    private readonly connections: ConnectionRegistry,
  ) {}

  /** Starts to admit streams, unless the shutdown has begun. */
  open(): void {
    if (this.state === 'starting') this.state = 'open';
  }

  /** Refuses streams from now on. Requests for a probe, a summary or the page are still answered. */
  drain(): void {
    this.state = 'draining';
  }

  /** Decides about one request. A refused request stays refused, and is counted once. */
  admit(request: StreamRequest): Admitted | Refusal {
    const earlier = this.refusals.get(request);
    if (earlier) return earlier;
    const refusal = this.refusalOf(request);
    if (!refusal) return ADMITTED;
    this.refused[refusal.reason]++;
    this.refusals.set(request, refusal);
    return refusal;
  }

  // Only streams keep a connection. A summary or the page costs no more than a refusal.
  private refusalOf({ representation, access }: StreamRequest): Refusal | undefined {
    if (access?.granted === false) return tokenRefusal(access);
    if (representation !== 'websocket' && representation !== 'text/event-stream') return undefined;
    if (this.state !== 'open') return RESTARTING;
    return this.connections.size >= this.servers.capacity.clients ? BUSY : undefined;
  }
}
