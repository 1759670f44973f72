import { setTimeout as sleep } from 'node:timers/promises';
import { Router } from 'zeromq';

import type { SenderKeys } from './curve-options.js';
import { commandName } from './shell.js';

/** The monitor to which a `SimulatedBroker` connects. */
export interface MonitorTarget {
  /** The ZeroMQ endpoint. */
  readonly endpoint: string;
  /** Seconds to wait for the monitor. */
  readonly timeout: number;
  /** The keys for a monitor with CURVE. */
  readonly curve?: SenderKeys | undefined;
}

/** The routing id of every monitor. */
const MONITOR = 'recodex-monitor';
/** Milliseconds that the process waits at its end for messages that libzmq still queues. */
const LINGER_MS = 5000;
/** Milliseconds between two checks of the abort signal while a send is blocked. */
const SEND_TIMEOUT_MS = 250;
const ROUTE_POLL_MS = 10;

/** The broker's side of the connection to a monitor: a ROUTER that connects and addresses the monitor by its routing id. */
export class SimulatedBroker {
  private readonly router: Router;

  private readonly endpoint: string;
  private readonly timeout: number;

  constructor(
    private readonly target: MonitorTarget,
    private readonly signal: AbortSignal,
  ) {
    const { endpoint, timeout, curve } = target;
    this.endpoint = endpoint;
    this.timeout = timeout;
    this.router = new Router({
      mandatory: true,
      linger: LINGER_MS,
      sendTimeout: SEND_TIMEOUT_MS,
      ipv6: endpoint.includes('['),
      ...(curve && {
        curvePublicKey: curve.publicKey,
        curveSecretKey: curve.secretKey,
        curveServerKey: curve.serverKey,
      }),
    });
  }

  /** Resolves after the handshake with a peer. Rejects when no peer answers in time. */
  async connect(): Promise<void> {
    const done = new AbortController();
    let answers = false;
    this.router.events.on('connect', () => (answers = true));
    const handshake = new Promise<true>((resolve, reject) => {
      this.router.events.on('handshake', () => resolve(true));
      this.router.events.on('handshake:error:protocol', ({ error }) => {
        if (error.code === 'ERR_ZMTP_MECHANISM_MISMATCH') reject(new Error(this.otherMechanism()));
      });
    });
    handshake.catch(() => undefined);
    try {
      this.router.connect(this.endpoint);
    } catch {
      throw new Error(`expected a ZeroMQ endpoint such as tcp://127.0.0.1:7894, got "${this.endpoint}"`);
    }
    const signal = AbortSignal.any([this.signal, done.signal]);
    const timeout = sleep(this.timeout * 1000, false, { signal });
    timeout.catch(() => undefined);
    const connected = await Promise.race([handshake, timeout]).finally(() => done.abort());
    if (connected) return;
    const waited = `no monitor answers at ${this.endpoint} (waited ${this.timeout} s)`;
    throw new Error(
      answers
        ? `${waited}: the port is open, but admits no sender from here. Check the port, zeromq.allow and zeromq.curve; the log of the monitor names refused peers`
        : `${waited}: start it with "${commandName()} run"`,
    );
  }

  /**
   * Sends the frames of one message. While the monitor is away, libzmq queues 1,000 messages. Then this method waits.
   */
  async send(frames: string[]): Promise<void> {
    const deadline = performance.now() + this.timeout * 1000;
    for (;;) {
      this.signal.throwIfAborted();
      try {
        return await this.router.send([MONITOR, ...frames]);
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? error.code : undefined;
        if (code === 'EAGAIN') continue;
        if (code !== 'EHOSTUNREACH') throw error;
        if (performance.now() > deadline) {
          throw new Error(
            `the peer at ${this.endpoint} is not a recodex-monitor (its routing id is not ${MONITOR})`,
          );
        }
        // libzmq adds the route shortly after the handshake.
        await sleep(ROUTE_POLL_MS, undefined, { signal: this.signal });
      }
    }
  }

  private otherMechanism(): string {
    return this.target.curve
      ? `the peer at ${this.endpoint} has no CURVE: leave out --curve-key and --curve-server`
      : `the monitor at ${this.endpoint} requires CURVE: give --curve-key and --curve-server`;
  }

  /** Closes the connection. Queued messages are still sent, unless the signal is aborted. */
  close(): void {
    if (this.signal.aborted) this.router.linger = 0;
    this.router.close();
  }
}
