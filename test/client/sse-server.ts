import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Answers one request for a stream; `after`: how many messages the client has already. */
type Answer = (response: ServerResponse, after: number, request: IncomingMessage) => void;

/** An HTTP server in the place of a monitor that can only speak Server-Sent Events, as docs/protocol.md has them. */
export class SseServer {
  readonly requests: IncomingMessage[] = [];
  upgrades = 0;
  private readonly server: Server;

  private constructor(public answer: Answer) {
    this.server = createServer((request, response) => {
      this.requests.push(request);
      const after = new URL(request.url!, 'http://-').searchParams.get('after');
      this.answer(response, Number(after?.replace(/^.*-/, '') ?? 0), request);
    });
    this.server.on('upgrade', (_request, socket) => {
      this.upgrades++;
      socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
    });
  }

  static async start(answer: Answer): Promise<SseServer> {
    const server = new SseServer(answer);
    server.server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    return server;
  }

  get http(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

/** Starts a response with the headers and the greeting of a stream. */
export function begin(response: ServerResponse): ServerResponse {
  response.writeHead(200, { 'Content-Type': 'text/event-stream' });
  response.write('retry: 2000\n\n');
  return response;
}

/** The events of the messages `from` to `to` of an epoch. */
export function events(from: number, to: number, epoch = 'a'): string {
  let text = '';
  for (let seq = from; seq <= to; seq++) text += `id: ${epoch}-${seq}\ndata: ${message(seq, epoch)}\n\n`;
  return text;
}

/** The JSON of a message. */
export function message(seq: number, epoch = 'a'): string {
  return JSON.stringify({
    id: `${epoch}-${seq}`,
    time: '2026-11-23T19:00:00.000Z',
    command: 'TASK',
    task_id: `t${seq}`,
    task_state: 'COMPLETED',
  });
}

export const END = 'event: end\ndata: finished\n\n';
