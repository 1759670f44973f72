import type { Socket } from 'node:net';
import { readProxyHeader } from './proxy-header.js';

/** Seconds that a proxy has to send the header after it has connected. */
const HEADER_TIMEOUT = 5;

/** What happens with the connection of a proxy. */
export interface ProxyHeaderListener {
  /** The header is complete. Bytes after it are in the socket, which is paused. */
  ready(client: string | undefined): void;
  /** The connection is closed, because its first bytes are not a header. */
  failed(reason: string): void;
}

/** Reads the header of the PROXY protocol from a paused connection, before any other code sees its bytes. */
export function takeProxyHeader(socket: Socket, listener: ProxyHeaderListener): void {
  let received: Buffer = Buffer.alloc(0);
  const stop = (): void => {
    clearTimeout(deadline);
    socket.pause().off('data', onData).off('end', onEnd).off('close', stop);
  };
  const fail = (reason: string): void => {
    stop();
    socket.destroy();
    listener.failed(reason);
  };
  const onEnd = (): void => fail('the connection ended');
  const onData = (bytes: Buffer): void => {
    received = received.length === 0 ? bytes : Buffer.concat([received, bytes]);
    const header = readProxyHeader(received);
    if (header === 'incomplete') return;
    if ('invalid' in header) return fail(header.invalid);
    stop();
    const rest = received.subarray(header.bytes);
    if (rest.length > 0) socket.unshift(rest);
    const { client } = header;
    // In a later turn: a TLS server loses the bytes when it gets a connection within its `data` event.
    setImmediate(() => {
      socket.off('error', ignore);
      if (!socket.destroyed) listener.ready(client);
    });
  };
  const deadline = setTimeout(() => fail('no complete header in time'), HEADER_TIMEOUT * 1000);
  socket.on('data', onData).on('end', onEnd).on('close', stop).on('error', ignore).resume();
}

function ignore(): void {}
