import { connect } from 'node:net';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';

/** Milliseconds after which the daemon must have closed a connection whose client has ended its side. */
const DEADLINE = 20_000;

/** Bytes of an answer that are kept. */
const LONGEST_ANSWER = 4096;

/** What a client sends on one connection. */
export interface RawExchange {
  readonly port: number;
  /** Each piece is sent after the previous one was written. */
  readonly pieces: readonly Buffer[];
  /** The client waits for the first bytes of an answer after this piece. By default it waits for none. */
  readonly waitAfter?: number;
  /** Milliseconds that the client waits for the daemon to close the connection. */
  readonly deadline?: number;
  /** The pieces are sent inside TLS. */
  readonly tls?: ConnectionOptions | undefined;
  /** The client aborts the connection with a reset after its last piece. */
  readonly resets?: boolean;
}

/** Clients so far. Each has another address than the last ones: a limit for one address must not hide the daemon. */
let clients = 0;

/**
 * Connects, sends all pieces and ends the side of the client. Resolves with the first bytes of the answer when the
 * connection has closed. `undefined`: the daemon has not closed the connection.
 */
export function exchange(input: RawExchange): Promise<Buffer | undefined> {
  const { port, pieces, waitAfter, resets, tls, deadline = DEADLINE } = input;
  return new Promise((resolve) => {
    const raw = connect({ port, host: '127.0.0.1', localAddress: nextAddress(), noDelay: true });
    const socket = tls ? connectTls({ ...tls, socket: raw, rejectUnauthorized: false }) : raw;
    let answer = Buffer.alloc(0);
    let next = 0;
    let finished = false;
    const timer = setTimeout(() => finish(undefined), deadline);
    const finish = (result: Buffer | undefined): void => {
      finished = true;
      clearTimeout(timer);
      // A reset leaves no port in TIME_WAIT.
      raw.resetAndDestroy();
      socket.destroy();
      resolve(result);
    };
    const proceed = (): void => {
      if (finished || !socket.writable) return;
      const piece = pieces[next++];
      if (piece === undefined) return resets ? finish(answer) : void socket.end();
      const waits = next - 1 === waitAfter;
      socket.write(piece, () => {
        if (!waits || answer.length > 0) setImmediate(proceed);
        else socket.once('data', proceed);
      });
    };
    socket.on(tls ? 'secureConnect' : 'connect', proceed);
    raw.on('error', () => {});
    socket.on('data', (data) => {
      if (answer.length < LONGEST_ANSWER) answer = Buffer.concat([answer, data]);
    });
    socket.on('error', () => {});
    socket.on('end', () => finish(answer));
    socket.on('close', () => finish(answer));
  });
}

/** A loopback address in 127.1.0.0/16 that differs from the last ones. */
function nextAddress(): string {
  clients++;
  return `127.1.${(clients >> 8) & 0xff}.${clients & 0xff}`;
}
