import type { IncomingMessage } from 'node:http';
import { AddressLease } from './addresses/address-lease.js';
import { peerAddress } from './addresses/client-addresses.js';
import type { ClientSource } from './addresses/client-source.js';
import { readPosition, type Position } from '../messages/position.js';
import type { Access } from './access.js';
import { credentialsOf, type Credentials } from './credentials.js';
import { foreignOriginOf } from './foreign-origin.js';
import {
  namesEventStream,
  REPRESENTATION_OF_FILE,
  representationFor,
  type Representation,
} from './representation.js';
import { routeOf, type Route } from './route.js';

/** The HTTP server that received a request. */
export type Listener = 'public' | 'admin';

/**
 * The id of the `end` event. After this event, an EventSource sends the id with its next request, which is answered
 * with 204.
 */
export const END_EVENT_ID = 'end';

/** The parsed form of a request. Each request is parsed once, when it arrives. */
export interface StreamRequest {
  readonly listener: Listener;
  readonly route: Route;
  /** `undefined`: not a channel, or `Accept` allows none of the representations. */
  readonly representation: Representation | 'websocket' | undefined;
  /** `Accept` names the event stream, as every EventSource does. A plain `curl` does not. */
  readonly namesEventStream: boolean;
  /**
   * The last message that the client has received. `undefined`: the client sends no position. `null`: the text is not a
   * position.
   */
  readonly position: Position | null | undefined;
  /** The client has received the `end` event. */
  readonly hasSeenEnd: boolean;
  /** The IP address of the client: of the peer, or of the client that a trusted proxy reports. */
  readonly clientAddress: string;
  readonly clientSource: ClientSource;
  /** What the connection takes from the limits of its address. `undefined`: the listener has no such limits. */
  readonly lease: AddressLease | undefined;
  /** The origin of the page that sent the request. `undefined`: a page of this server, or a program. */
  readonly foreignOrigin: string | undefined;
  readonly credentials: Credentials;
  /** What the token permits. `undefined`: the request needs no token. */
  readonly access?: Access;
}

interface ParseOptions {
  readonly listener: Listener;
  /** The request is an upgrade to a WebSocket. */
  readonly webSocket?: boolean;
  /** Bytes of the longest channel id; see `limits.channel_id_bytes`. */
  readonly maxIdBytes: number;
  /** The address of the client, if it is not the peer. */
  readonly clientAddress?: string;
  readonly clientSource?: ClientSource;
  /** The client behind the request reached a trusted proxy under this host. */
  readonly forwardedHost?: string | undefined;
}

/** Parses a request. Never throws: a malformed part becomes a value of its field (`bad-channel-id`, `null`). */
export function parseStreamRequest(
  request: IncomingMessage,
  { listener, webSocket = false, maxIdBytes, clientAddress, clientSource, forwardedHost }: ParseOptions,
): StreamRequest {
  const route = routeOf(request.url ?? '/', maxIdBytes, webSocket);
  const file = route.kind === 'channel' ? route.file : undefined;
  const isNegotiated = route.kind !== 'legacy' && !webSocket && file === undefined;
  const lastEventId = lastEventIdOf(route, webSocket ? undefined : request.headers['last-event-id']);
  return {
    listener,
    route,
    representation: webSocket
      ? 'websocket'
      : isNegotiated
        ? representationFor(request)
        : file && REPRESENTATION_OF_FILE[file],
    namesEventStream: isNegotiated && namesEventStream(request),
    position: readPosition(lastEventId),
    hasSeenEnd: lastEventId === END_EVENT_ID,
    clientAddress: clientAddress ?? peerAddress(request.socket),
    clientSource: clientSource ?? 'connection',
    lease: AddressLease.of(request.socket),
    foreignOrigin: foreignOriginOf(request, forwardedHost),
    credentials: credentialsOf(request),
  };
}

const PARSED = Symbol('stream request');

type ParsedRequest = IncomingMessage & { [PARSED]?: StreamRequest };

/**
 * Attaches the parsed form to a request, for code that gets only Node's object: controllers, guards and the WebSocket
 * gateway.
 */
export function keepStreamRequest(request: ParsedRequest, streamRequest: StreamRequest): void {
  request[PARSED] = streamRequest;
}

/** The parsed form of a request that came through `HttpServers`. */
export function streamRequestOf(request: ParsedRequest): StreamRequest {
  const streamRequest = request[PARSED];
  if (!streamRequest) throw new Error('The request did not come through HttpServers');
  return streamRequest;
}

// When an EventSource reconnects, its header is newer than its URL. An empty header counts as missing.
function lastEventIdOf(route: Route, header: string | string[] | undefined): string | undefined {
  return header?.toString() || (route.kind === 'channel' ? route.after : undefined);
}
