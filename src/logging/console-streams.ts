import { Writable } from 'node:stream';
import { FdStream } from './fd-stream.js';

/** The streams for log lines, and for errors of the log itself. */
export interface ConsoleStreams {
  out: Writable;
  err: Writable;
}

/** Node's internal handle of a terminal, which Node makes blocking. */
interface TerminalHandle {
  setBlocking?(blocking: boolean): void;
}

/** Non-blocking streams to the standard output and standard error of the process. */
export function processStreams(): ConsoleStreams {
  return { out: nonBlocking(process.stdout, 1), err: nonBlocking(process.stderr, 2) };
}

// Node opens pipes and sockets in non-blocking mode, and restores the mode when the process exits.
function nonBlocking(stream: NodeJS.WriteStream & { _handle?: TerminalHandle }, fd: number): Writable {
  if (stream.isTTY) stream._handle?.setBlocking?.(false);
  // Other code may write to the stream. An error (EPIPE) must not end the process.
  if (!stream.listeners('error').includes(ignore)) stream.on('error', ignore);
  return new FdStream(fd);
}

function ignore(): void {}
