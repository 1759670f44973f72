import { Router, type Context } from 'zeromq';
import type { RouterOptions } from './worker-protocol.js';
import { ZAP_DOMAIN } from './zap-handler.js';

/**
 * Bytes of the largest message that libzmq accepts. libzmq disconnects a peer that sends a larger message, and messages
 * of other jobs are lost with the connection. So this limit is far above `limits.message_bytes`, which rejects single
 * messages.
 */
const MAX_ZMQ_MESSAGE = 64 * 1024 * 1024;

/**
 * Messages that libzmq queues for the thread. The broker's ROUTER drops messages that it can't queue, so this limit is
 * far above any burst. When the queue is full, TCP slows the broker down.
 */
const RECEIVE_QUEUE = 200_000;

/** Milliseconds after which libzmq closes a connection without a complete handshake. Its default is 30 seconds. */
const HANDSHAKE_TIMEOUT = 10_000;

/** Milliseconds that fit into the 16 bits of tenths of a second in a ping (ZMTP 3.1). */
const LONGEST_TIME_TO_LIVE = 6_553_500;

/**
 * Creates the ROUTER, which is not bound yet.
 *
 * @param context of the ZAP handler that decides about peers; without it every peer may connect
 */
export function createRouter(
  { routingId, heartbeat, secretKey }: Pick<RouterOptions, 'routingId' | 'heartbeat' | 'secretKey'>,
  context: Context | undefined,
): Router {
  return new Router({
    // With `zapEnforceDomain`, libzmq refuses all peers when the handler is missing. Without it, libzmq would admit them.
    ...(context ? { context, zapDomain: ZAP_DOMAIN, zapEnforceDomain: true } : {}),
    ...(secretKey === null ? {} : { curveServer: true, curveSecretKey: secretKey }),
    routingId,
    receiveHighWaterMark: RECEIVE_QUEUE,
    maxMessageSize: MAX_ZMQ_MESSAGE,
    linger: 0,
    // A broker that reconnects replaces its old connection. libzmq may not have noticed that the old connection is
    // dead. Without handover the new connection is not heard, even after the old one has ended. With it, libzmq 4.3.5
    // aborts the process when a replaced connection sends another message and is reset (zeromq/libzmq #4364).
    handover: true,
    handshakeInterval: HANDSHAKE_TIMEOUT,
    heartbeatInterval: heartbeat * 1000,
    heartbeatTimeout: heartbeat * 1000,
    // The other side closes the connection when it has heard nothing for this long, for example because this machine has
    // disappeared. Otherwise it would wait for the retries of TCP, and lose what it sends.
    heartbeatTimeToLive: Math.min(2 * heartbeat * 1000, LONGEST_TIME_TO_LIVE),
    // Without heartbeats, keepalive detects a host that disappeared without closing its connection.
    tcpKeepalive: 1,
    tcpKeepaliveIdle: 60,
    tcpKeepaliveInterval: 10,
    tcpKeepaliveCount: 6,
  });
}
