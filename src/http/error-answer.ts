import { type ServerResponse, STATUS_CODES } from 'node:http';

/** Answers a request that reaches no route, in the form of Nest's errors. Closes the connection. */
export function answerError(response: ServerResponse, status: number, text: string): void {
  // The body of the request may still be on its way.
  response.setHeader('Connection', 'close');
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Cache-Control': 'no-store',
  });
  response.end(JSON.stringify({ message: text, error: STATUS_CODES[status], statusCode: status }));
}
