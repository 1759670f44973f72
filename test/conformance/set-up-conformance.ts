import { afterAll, afterEach, beforeAll } from 'vitest';
import { Daemon } from '../attacks/daemon.js';
import { FakeBroker } from '../fixtures/fake-broker.js';
import { encodeFrame, OPCODES, type ServerFrame } from '../fixtures/websocket-frames.js';
import { RawWebSocket } from './raw-web-socket.js';

/** A running daemon, which answers a channel id with one message: its command is the id. */
export class ConformanceMonitor {
  private daemon: Daemon | undefined;
  private broker: FakeBroker | undefined;
  private readonly open = new Set<RawWebSocket>();

  async start(settings: Readonly<Record<string, string>>): Promise<void> {
    this.daemon = await Daemon.start({ settings });
    this.broker = await FakeBroker.connect(this.daemon.zeromq);
  }

  stop(): void {
    this.broker?.close();
    this.daemon?.kill();
  }

  /** Opens a WebSocket of the original's protocol, which expects a channel id. */
  async connect(path = '/'): Promise<RawWebSocket> {
    const socket = await RawWebSocket.open(this.daemon!.publicPort, path);
    this.open.add(socket);
    return socket;
  }

  /** Opens a WebSocket of a stream, which ignores texts. */
  connectToStream(): Promise<RawWebSocket> {
    return this.connect('/channels/stream');
  }

  /** Publishes the message with which the daemon answers `id`. Resolves when the daemon has this message. */
  async prepare(id: string): Promise<void> {
    await this.broker!.send(id, id);
    const witness = await this.connect();
    witness.send(encodeFrame(OPCODES.text, id));
    await witness.received(1);
    witness.destroy();
  }

  disconnectClients(): void {
    for (const socket of this.open) socket.destroy();
    this.open.clear();
  }
}

/** A `ConformanceMonitor` for all tests of a file. Disconnects the clients after each test. */
export function setUpConformance(settings: Readonly<Record<string, string>> = {}): ConformanceMonitor {
  const monitor = new ConformanceMonitor();
  beforeAll(() => monitor.start(settings));
  afterEach(() => monitor.disconnectClients());
  afterAll(() => monitor.stop());
  return monitor;
}

/** The channel id that the daemon has answered with a message. */
export function answeredId(frame: ServerFrame | undefined): string {
  return (JSON.parse(frame!.payload.toString()) as { command: string }).command;
}

/** A text frame. */
export function text(payload: Buffer | string, fin = true): Buffer {
  return encodeFrame(OPCODES.text, payload, { fin });
}

/** A frame that continues a message. */
export function continuation(payload: Buffer | string, fin: boolean): Buffer {
  return encodeFrame(OPCODES.continuation, payload, { fin });
}

export function ping(payload: Buffer | string = ''): Buffer {
  return encodeFrame(OPCODES.ping, payload);
}
