import { createServer, type Server } from 'node:net';
import type { Server as HttpServer } from 'node:http';

/** A server for one more address of an HTTP server, which can listen on one only: its connections are passed on. */
export function createForwardingServer(server: HttpServer): Server {
  // `pauseOnConnect`: the accept queue in front of the HTTP server resumes a connection when its turn has come.
  const pauseOnConnect = (server as HttpServer & { pauseOnConnect?: boolean }).pauseOnConnect ?? false;
  const forwarder = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect }, (socket) =>
    server.emit('connection', socket),
  );
  forwarder.maxConnections = server.maxConnections;
  return forwarder;
}
