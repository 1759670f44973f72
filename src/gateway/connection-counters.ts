import type { CloseCode } from './close-codes.js';

/** How a client reads its channel: the original's protocol, `recodex.v1`, `recodex.v2`, Server-Sent Events. */
export type ConnectionKind = 'legacy' | 'websocket' | 'batch' | 'sse';

/** Plain numbers about connections, read by whoever exports metrics. */
export class ConnectionCounters {
  /** Connections now, by kind. */
  readonly open = zeroOfEachKind();
  /** Connections since the start, by kind. */
  readonly opened = zeroOfEachKind();
  /** Ended connections, by close code and reason: `1000 finished`, `1013 slow`; `client` when the client left. */
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
