import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

/** Sends a request as a page shows it, and resolves with the response. The headers that every client adds are added. */
export async function exchange(port: number, request: string): Promise<string> {
  const [head = '', body = ''] = request.trimEnd().split('\n\n');
  const added = [
    `Host: 127.0.0.1:${port}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  const socket = connect(port, '127.0.0.1');
  socket.write([...head.split('\n'), ...added, '', body].join('\r\n'));
  return text(socket);
}
