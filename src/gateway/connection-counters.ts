import type { CloseCode } from './close-codes.js';

/** The protocol of a connection: the original's protocol, `recodex.v1`, `recodex.v2`, Server-Sent Events. */
export type ConnectionKind = 'legacy' | 'websocket' | 'batch' | 'sse';

/** Counters of connections, for metrics. */
export class ConnectionCounters {
  /** Open connections, by kind. */
  readonly open = zeroOfEachKind();
  /** Connections since the start, by kind. */
  readonly opened = zeroOfEachKind();
  /**
   * Closed connections by close code and reason, such as `1000 finished` and `1013 slow`. `client`: the client left.
   */
  readonly closed = new Map<string, number>();

  countOpened(kind: ConnectionKind): void {
    this.open[kind]++;
    this.opened[kind]++;
  }

  countClosed(kind: ConnectionKind, code: CloseCode | undefined): void {
    this.open[kind]--;
    const label = code ? `${code.code} ${code.reason}`.trimEnd() : 'client';
    this.closed.set(label, (this.closed.get(label) ?? 0) + 1);
  }
}

function zeroOfEachKind(): Record<ConnectionKind, number> {
  return { legacy: 0, websocket: 0, batch: 0, sse: 0 };
}
