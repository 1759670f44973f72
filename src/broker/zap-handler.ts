import { setTimeout } from 'node:timers/promises';
import { Context, Reply } from 'zeromq';
import { encodeZ85 } from '../config/z85.js';
import type { ConnectingPeer, PeerGate, PeerRefusal } from './peer-gate.js';

/** The domain of the ROUTER in ZAP. libzmq asks the handler only about a socket with a domain. */
export const ZAP_DOMAIN = 'recodex-monitor';

/** Where libzmq looks for the handler of a context (ZeroMQ RFC 27). */
const ENDPOINT = 'inproc://zeromq.zap.01';
const VERSION = '1.0';

/** Frames of a question before the credentials: version, request id, domain, address, routing id, mechanism. */
const FRAMES = 6;

/** The status codes of an answer. */
const ADMITTED = '200';
/**
 * libzmq then ends the connection after the handshake timeout, and the peer connects again. With the permanent code 400
 * a peer with libzmq would never connect again: the broker would need a restart after a correction of `zeromq.allow`.
 */
const REFUSED = '300';

/** A peer that the handler has refused. The fields are undefined when the question of libzmq was malformed. */
export interface RefusedPeer {
  readonly address?: string;
  /** The public CURVE key in Z85. */
  readonly key?: string;
}

/** Answers libzmq's question whether a peer may connect (ZAP, ZeroMQ RFC 27). Refuses a peer when it can't decide. */
export class ZapHandler {
  /** The context for the sockets that this handler protects. Each context has one handler at most. */
  readonly context = new Context();
  private readonly socket = new Reply({ context: this.context, linger: 0 });

  constructor(
    private gate: PeerGate,
    private readonly onRefused: (reason: PeerRefusal, peer: RefusedPeer) => void,
  ) {}

  /** Starts to answer. Call it before a protected socket is bound. */
  async open(): Promise<void> {
    await this.socket.bind(ENDPOINT);
    void this.answerAll();
  }

  /** Applies to new connections only: libzmq can't end a single connection. */
  setGate(gate: PeerGate): void {
    this.gate = gate;
  }

  close(): void {
    this.socket.close();
  }

  private async answerAll(): Promise<void> {
    while (!this.socket.closed) {
      try {
        for (;;) await this.socket.send(this.answer(await this.socket.receive()));
      } catch {
        // Without an answer libzmq ends the handshake at its timeout.
        if (!this.socket.closed) await setTimeout(1);
      }
    }
  }

  private answer(frames: readonly Buffer[]): string[] {
    const peer = readQuestion(frames);
    const reason = peer ? this.gate.check(peer) : 'malformed';
    if (reason) this.onRefused(reason, peer ? describePeer(peer) : {});
    const requestId = frames[1]?.toString('latin1') ?? '';
    return [VERSION, requestId, reason ? REFUSED : ADMITTED, reason ?? 'OK', '', ''];
  }
}

function readQuestion(frames: readonly Buffer[]): ConnectingPeer | undefined {
  if (frames.length < FRAMES) return undefined;
  const [version, , domain, address, , mechanism] = frames.map((frame) => frame.toString('latin1'));
  if (version !== VERSION || domain !== ZAP_DOMAIN) return undefined;
  return { address: address!, mechanism: mechanism!, key: frames[FRAMES] };
}

function describePeer({ address, key }: ConnectingPeer): RefusedPeer {
  return key?.length === 32 ? { address, key: encodeZ85(key) } : { address };
}
