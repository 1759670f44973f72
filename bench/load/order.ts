/** How a target is fed and watched. */
export interface Wire {
  /** `zmtp`: a DEALER's messages over TCP; `http`: pipelined POSTs to `/pub?id=`. */
  readonly feed: 'zmtp' | 'http';
  readonly feedPort: number;
  readonly watchPort: number;
  /** Path of the WebSocket; `{id}` stands for the channel. */
  readonly path: string;
  /** Legacy protocol: the first message names the channel, and FINISHED closes with 1000. */
  readonly legacy: boolean;
}

export interface ConnectOrder {
  readonly group: string;
  /** Channels are named `<prefix>-0`, `<prefix>-1`, ...; the default is the name of the group. */
  readonly prefix?: string;
  readonly channels: number;
  /** On each channel. */
  readonly clients: number;
  /** Connections under way at a time; the default is 200, so that no listen backlog is too short. */
  readonly inFlight?: number;
  /** Messages that each client must get from the log before the order is done. */
  readonly replay?: number;
  /** Subscribe and never read again. */
  readonly stalled?: boolean;
}

export interface Connected {
  /** From the first connect until all were subscribed and had their replays. */
  readonly seconds: number;
  readonly refused: number;
  /** As in `Published`. */
  readonly busy: number;
}

export interface PublishOrder {
  /** The group of this name, if there is one, must get the messages before the order is done. */
  readonly prefix: string;
  /** Don't wait for the group, another order does. */
  readonly unwatched?: boolean;
  readonly channels: number;
  /** On each channel. */
  readonly messages: number;
  /** Messages a second over all channels; 0 or nothing: as fast as they are taken. */
  readonly rate?: number;
  /** Messages in a row for one channel before the next one's turn comes; 1 by default. */
  readonly block?: number;
  /** Send FINISHED at the end of each channel and wait for the clients to be closed, where the target does so. */
  readonly finish?: boolean;
}

export interface Published {
  /** When the first message was sent, ns of the monotonic clock. */
  readonly startedAt: number;
  /** Until the last message was sent. */
  readonly publishSeconds: number;
  readonly deliveries: number;
  /** From the first message sent to the last one delivered; without watchers: until the last was sent. */
  readonly seconds: number;
  /** Milliseconds; only with a rate. */
  readonly latency?: Percentiles;
  /** How much of the time the watching thread was busy: near 1, the load side may be the limit. */
  readonly busy: number;
}

export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** The group's clients may be sent away (1012, or cut off): they come back, and must get `replay` new messages. */
export interface ReturnOrder {
  readonly group: string;
  readonly replay: number;
}

export interface Returned {
  /** When the last client was back and had its messages, ns of the monotonic clock. */
  readonly at: number;
  readonly refused: number;
}

/** The orders that a load process takes, and its answers. */
export interface Orders {
  connect: [ConnectOrder, Connected];
  publish: [PublishOrder, Published];
  comeBack: [ReturnOrder, Returned];
  leave: [{ readonly group: string }, null];
}

export type OrderName = keyof Orders;

export type OrderMessage = {
  [K in OrderName]: { readonly id: number; readonly name: K; readonly order: Orders[K][0] };
}[OrderName];

export interface AnswerMessage {
  readonly id: number;
  readonly answer?: unknown;
  readonly error?: string;
}
