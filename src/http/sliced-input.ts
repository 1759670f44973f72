import type { Socket } from 'node:net';

type DataListener = (this: Socket, bytes: Buffer) => void;

/** Bytes that the HTTP parser gets at once: most request heads, and at most some dozens of pipelined requests. */
const SLICE = 1024;

/** The connection that is being parsed now, and what of its chunk comes behind the current slice. */
let parsing: { readonly socket: Socket; rest: Buffer | null } | undefined;

/**
 * Hands what a connection receives to its HTTP parser in slices. The parser does not stop when a request ends its
 * connection: in a chunk of 64 KiB there may be 2,400 more of them, which takes 40 ms.
 */
export function sliceInput(socket: Socket): void {
  for (const listener of socket.listeners('data') as DataListener[]) {
    const sliced = (bytes: Buffer): void => feed(socket, bytes, listener);
    // As of the wrappers of `once`: whoever removes the listener removes the wrapper.
    socket.off('data', listener).on('data', Object.assign(sliced, { listener }));
  }
}

/** What the client has sent behind a request that ends HTTP on its connection; called while that request is parsed. */
export function takeRest(socket: Socket, head: Buffer): Buffer {
  if (parsing?.socket !== socket || !parsing.rest) return head;
  const rest = parsing.rest;
  parsing.rest = null;
  return Buffer.concat([head, rest]);
}

function feed(socket: Socket, bytes: Buffer, listener: DataListener): void {
  let rest: Buffer | null = bytes;
  // What comes behind the last answer of a connection is not read.
  while (rest && rest.length > 0 && socket.writable) {
    const current: NonNullable<typeof parsing> = { socket, rest: rest.subarray(SLICE) };
    parsing = current;
    listener.call(socket, rest.subarray(0, SLICE));
    parsing = undefined;
    rest = current.rest;
  }
}
