import { randomBytes } from 'node:crypto';
import { connect } from 'node:tls';
import { errorText } from '../../text/error-text.js';
import type { ClientToken } from '../token-option.js';
import { eventStreamWatch } from '../verify/event-stream-watch.js';
import { probeRoute } from '../verify/route-probe.js';
import { JOB_PREFIX } from '../verify/verify-job.js';
import { streamSocketWatch } from '../verify/websocket-watch.js';
import { observeDate, type ObservedDate } from './daemon-probe.js';
import { StreamProbe } from './stream-probe.js';

/** Milliseconds for the connection that reads a certificate, and for the request that reads a clock. */
const TIMEOUT_MS = 5000;

interface RouteOptions {
  /** The public URL (http, https, ws or wss), with the path prefix of a proxy. */
  readonly url: string;
  readonly token: ClientToken | undefined;
  /** Seconds that the streams stay open without a message. */
  readonly idle: number;
}

/** The way of the users to the monitor: requests, a WebSocket and an event stream through the public URL. */
export class PublicRoute {
  /** Why no monitor answers; `undefined`: a monitor answers. */
  problem: string | undefined;
  date: ObservedDate | undefined;
  webSocket: StreamProbe | undefined;
  events: StreamProbe | undefined;

  private constructor(
    readonly url: string,
    /** The channel of the streams. No other client knows its id. */
    readonly channel: string,
    readonly idle: number,
  ) {}

  /** Asks the monitor through the URL. When it answers, opens the streams. They close when the signal is aborted. */
  static async open({ url, token, idle }: RouteOptions, signal: AbortSignal): Promise<PublicRoute> {
    const channel = `${JOB_PREFIX}${randomBytes(6).toString('hex')}`;
    const route = new PublicRoute(url, channel, idle);
    const target = { base: url, channel, token };
    route.date = await readDate(url, signal);
    try {
      await probeRoute(target, signal);
    } catch (error) {
      signal.throwIfAborted();
      route.problem = errorText(error);
      return route;
    }
    route.webSocket = new StreamProbe(streamSocketWatch(target, 'recodex.v2'), 'open', signal);
    route.events = new StreamProbe(eventStreamWatch(target), 'bytes', signal);
    return route;
  }

  /** The end of the certificate at the URL, in milliseconds since 1970. `undefined`: no TLS, or no answer. */
  certificateEnd(): Promise<number | undefined> {
    const { protocol, hostname, port } = new URL(this.url);
    if (protocol !== 'https:' && protocol !== 'wss:') return Promise.resolve(undefined);
    const host = hostname.replace(/^\[(.*)\]$/, '$1');
    return new Promise((resolve) => {
      // Also the end of a certificate that nobody trusts. No data is sent.
      const socket = connect({
        host,
        port: Number(port || 443),
        rejectUnauthorized: false,
        servername: nameOf(host),
      });
      socket.setTimeout(TIMEOUT_MS, () => socket.destroy());
      socket.on('secureConnect', () => {
        resolve(Date.parse(socket.getPeerCertificate().valid_to));
        socket.destroy();
      });
      socket.on('error', () => resolve(undefined)).on('close', () => resolve(undefined));
    });
  }
}

// TLS has no server name for an IP address.
function nameOf(host: string): string {
  return /^[\d.]+$|:/.test(host) ? '' : host;
}

async function readDate(url: string, signal: AbortSignal): Promise<ObservedDate | undefined> {
  try {
    const response = await fetch(url.replace(/^ws/, 'http'), {
      method: 'HEAD',
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    return observeDate(response.headers.get('Date'));
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
