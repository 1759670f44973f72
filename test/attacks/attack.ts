import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const ATTACKER = fileURLToPath(new URL('attacker.mjs', import.meta.url));

/** The behaviour of an attacker on each of its connections. */
export interface Attack {
  readonly port: number;
  readonly connections: number;
  /** The longest duration. Without `reconnects`, the attack ends when its last connection is closed. */
  readonly seconds: number;
  /** Whether the attack ends earlier, with the first answer on the last connection. The default is false. */
  readonly endsWhenAnswered?: boolean;
  /** Addresses (127.1.0.0, 127.1.0.1 and so on) from which the connections come in turn. The default is 127.0.0.1. */
  readonly addresses?: number;
  /** Bytes (Latin-1) that are sent once on each connection. */
  readonly first: string;
  /** Bytes (Latin-1) that are sent repeatedly after `first`, as fast as the daemon reads them. */
  readonly flood?: string;
  /** Whether the attacker reads. The default is true. */
  readonly reads?: boolean;
  /** Whether the attacker ends its side of each connection after 0.5 s and keeps the connection open. */
  readonly halfCloses?: boolean;
  /** Whether the attacker reopens closed connections. The default is false. */
  readonly reconnects?: boolean;
  /** Whether the attacker closes its connections after the attack, which is the default. Otherwise `Attacker.end` does. */
  readonly leaves?: boolean;
}

export interface AttackOutcome {
  readonly opened: number;
  readonly closed: number;
  readonly stillOpen: number;
  readonly bytesSent: number;
  /** The number of connections per HTTP status of the first response. */
  readonly answers: Readonly<Record<string, number>>;
}

/** An attack in another process. */
export class Attacker {
  /** Resolves when the attack has ended: see `Attack.seconds` and `Attack.endsWhenAnswered`. */
  readonly outcome: Promise<AttackOutcome>;
  private readonly child: ChildProcess;

  constructor(attack: Attack) {
    this.child = fork(ATTACKER);
    this.child.send(attack);
    const failed = once(this.child, 'exit').then(([code]) => {
      throw new Error(`The attacker ended with ${String(code)} before it reported its outcome`);
    });
    failed.catch(() => {});
    const reported = once(this.child, 'message').then(([outcome]) => outcome as AttackOutcome);
    this.outcome = Promise.race([reported, failed]);
    // Some tests end the attacker and do not wait for its outcome.
    this.outcome.catch(() => {});
  }

  end(): void {
    this.child.kill('SIGKILL');
  }
}

/** A request head that asks for a WebSocket. */
export function upgradeRequest(path = '/'): string {
  return (
    `GET ${path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n` +
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n'
  );
}

/** A WebSocket frame as a client sends it, masked with zeros; Latin-1, at most 125 bytes of payload. */
export function clientFrame(opcode: number, payload: string, { fin = true } = {}): string {
  return String.fromCodePoint((fin ? 0x80 : 0) | opcode, 0x80 | payload.length, 0, 0, 0, 0) + payload;
}

export const CONTINUATION = 0x0;
export const TEXT = 0x1;
export const BINARY = 0x2;
export const PING = 0x9;
export const PONG = 0xa;
