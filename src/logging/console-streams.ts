import { Writable } from 'node:stream';
import { FdStream } from './fd-stream.js';

/** Where log lines and complaints about the log itself go. */
export interface ConsoleStreams {
  out: Writable;
  err: Writable;
}

/** The handle below a terminal's stream, which Node makes blocking. */
interface Handle {
  setBlocking?(blocking: boolean): void;
}

/** The standard output and the standard error of the process, without ever blocking it. */
export function processStreams(): ConsoleStreams {
  return { out: unblocked(process.stdout, 1), err: unblocked(process.stderr, 2) };
}

// Node opens pipes and sockets in non-blocking mode, and restores the mode when the process exits.
function unblocked(stream: NodeJS.WriteStream & { _handle?: Handle }, fd: number): Writable {
  if (stream.isTTY) stream._handle?.setBlocking?.(false);
  // What else is written to the stream must not end the process when the reader has gone.
  if (!stream.listeners('error').includes(ignore)) stream.on('error', ignore);
  return new FdStream(fd);
}

function ignore(): void {}
