import { WebSocket } from 'ws';
import { channelUrl, watch } from '../../client/client.js';
import type { Ports } from '../fixtures/built-daemon.js';

/** Milliseconds until a client reconnects. */
const RECONNECT_DELAY = 50;

/** A client of one channel that reconnects after each restart, and records the tasks that it has received. */
export interface ReturningClient {
  readonly name: string;
  readonly seen: ReadonlySet<number>;
  /** Resolves when the stream has ended and the client does not reconnect. */
  readonly ended: Promise<void>;
  close(): void;
}

/** One client of each kind. */
export function returningClients(ports: Ports, channel: string): ReturningClient[] {
  const base = `127.0.0.1:${ports.websocket}`;
  return [
    returningSocket('legacy', channel, () => ({ url: `ws://${base}/`, first: channel })),
    returningSocket('resuming', channel, (position) => ({
      url: `ws://${base}/channels/${channel}${position ? `?after=${position}` : ''}`,
    })),
    libraryClient(ports, channel, 'websocket'),
    libraryClient(ports, channel, 'sse'),
  ];
}

interface Message {
  readonly id?: string;
  readonly task_id?: string;
}

function returningSocket(
  name: string,
  channel: string,
  target: (position: string) => { url: string; first?: string },
): ReturningClient {
  const seen = new Set<number>();
  let socket: WebSocket;
  let position = '';
  let closed = false;
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => (end = resolve));
  const connect = (): void => {
    const { url, first } = target(position);
    socket = new WebSocket(url);
    socket.on('open', () => first === undefined || socket.send(first));
    socket.on('error', () => {});
    socket.on('message', (data: Buffer) => {
      const message = JSON.parse(data.toString()) as Message;
      position = message.id ?? position;
      if (message.task_id !== undefined) seen.add(Number(message.task_id));
    });
    socket.on('close', (code) => {
      if (code === 1000) end();
      else if (!closed) setTimeout(connect, RECONNECT_DELAY);
    });
  };
  connect();
  return {
    name: `${name} (${channel})`,
    seen,
    ended,
    close() {
      closed = true;
      socket.terminate();
    },
  };
}

function libraryClient(ports: Ports, channel: string, transport: 'websocket' | 'sse'): ReturningClient {
  const seen = new Set<number>();
  const url = channelUrl(`http://127.0.0.1:${ports.websocket}`, channel);
  const stream = watch(url, { WebSocket, transport, random: () => RECONNECT_DELAY / 1000 });
  stream.addEventListener('message', ({ detail }) => {
    if (detail.task_id !== undefined) seen.add(Number(detail.task_id));
  });
  const ended = new Promise<void>((resolve) => stream.addEventListener('end', () => resolve()));
  return { name: `library, ${transport} (${channel})`, seen, ended, close: () => stream.close() };
}
