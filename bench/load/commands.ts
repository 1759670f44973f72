/** How the load process connects to a target. */
export interface TargetAddress {
  /** `zmtp`: a DEALER's messages over TCP; `http`: pipelined POSTs to `/pub?id=`. */
  readonly feed: 'zmtp' | 'http';
  readonly feedPort: number;
  readonly clientPort: number;
  /** Path of the WebSocket; `{id}` stands for the channel. */
  readonly path: string;
  /** Legacy protocol: the first message names the channel, and FINISHED closes with 1000. */
  readonly legacy: boolean;
}

/** Connects a group of clients. */
export interface ConnectCommand {
  readonly group: string;
  /** Channels are named `<prefix>-0`, `<prefix>-1`, ...; the default is the name of the group. */
  readonly prefix?: string;
  readonly channels: number;
  /** Clients of each channel. */
  readonly clients: number;
  /** Ports over which the clients of each channel are spread; the default is the client port of the target. */
  readonly ports?: readonly number[];
  /** Largest number of connection attempts at a time. The default of 200 fits every listen backlog. */
  readonly inFlight?: number;
  /** Messages of the log that each client must receive before the command is done. */
  readonly replay?: number;
  /** The clients subscribe and then stop reading. */
  readonly stalled?: boolean;
}

export interface ConnectResult {
  /** Seconds from the first connection attempt until all clients are subscribed and have their replays. */
  readonly seconds: number;
  readonly refused: number;
  /** As in `PublishResult`. */
  readonly busy: number;
}

/** Publishes messages on the channels with a prefix. */
export interface PublishCommand {
  /** If a group has this name, it must receive the messages before the command is done. */
  readonly prefix: string;
  /** Does not wait for the group, because another command does. */
  readonly unwatched?: boolean;
  readonly channels: number;
  /** Messages of each channel. */
  readonly messages: number;
  /** Messages per second over all channels; 0 or nothing: as fast as the target accepts them. */
  readonly rate?: number;
  /** Consecutive messages of one channel, before the messages of the next channel; 1 by default. */
  readonly block?: number;
  /** Sends FINISHED at the end of each channel and waits until the target has closed the clients, if it closes them. */
  readonly finish?: boolean;
}

export interface PublishResult {
  /** Time of the first message, ns of the monotonic clock. */
  readonly startedAt: number;
  /** Seconds until the last message was sent. */
  readonly publishSeconds: number;
  readonly deliveries: number;
  /** Seconds from the first sent message to the last delivered message; without clients, to the last sent message. */
  readonly seconds: number;
  /** Milliseconds; only with a rate. */
  readonly latency?: Percentiles;
  /** Utilization of the clients' thread, 0 to 1. Near 1, the load process may be the limit. */
  readonly busy: number;
}

export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Clients that are closed with 1012, or lose their connection, reconnect and must receive `replay` new messages. */
export interface ReconnectCommand {
  readonly group: string;
  readonly replay: number;
}

export interface ReconnectResult {
  /** Time at which the last client had its messages, ns of the monotonic clock. */
  readonly at: number;
  readonly refused: number;
}

/** The commands of the load process: parameters and result of each. */
export interface LoadCommands {
  connect: [ConnectCommand, ConnectResult];
  publish: [PublishCommand, PublishResult];
  reconnect: [ReconnectCommand, ReconnectResult];
  disconnect: [{ readonly group: string }, null];
}

export type LoadCommandName = keyof LoadCommands;

export type LoadRequest = {
  [K in LoadCommandName]: { readonly id: number; readonly name: K; readonly command: LoadCommands[K][0] };
}[LoadCommandName];

export interface LoadResponse {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}
