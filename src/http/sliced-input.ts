import type { Socket } from 'node:net';
import { chargeInput } from './addresses/address-lease.js';

type DataListener = (this: Socket, bytes: Buffer) => void;

/** Bytes that the HTTP parser gets at once: enough for most request heads, and for some dozens of pipelined requests. */
const SLICE = 1024;

/** The connection that is being parsed, and the part of its input after the current slice. */
let parsing: { readonly socket: Socket; rest: Buffer | null } | undefined;

/**
 * Passes the input of a connection to its HTTP parser in slices. The parser does not stop after a request that ends the
 * connection: 64 KiB of input may hold 2,400 more requests, which take 40 ms.
 */
export function sliceInput(socket: Socket): void {
  for (const listener of socket.listeners('data') as DataListener[]) {
    const sliced = (bytes: Buffer): void => feed(socket, bytes, listener);
    // With `listener` set, as `once` does, removing the original listener removes this wrapper.
    socket.off('data', listener).on('data', Object.assign(sliced, { listener }));
  }
}

/** The bytes after a request that ends HTTP on its connection. Call this function while that request is parsed. */
export function takeRest(socket: Socket, head: Buffer): Buffer {
  if (parsing?.socket !== socket || !parsing.rest) return head;
  const rest = parsing.rest;
  parsing.rest = null;
  return Buffer.concat([head, rest]);
}

function feed(socket: Socket, bytes: Buffer, listener: DataListener): void {
  chargeInput(socket, bytes.length);
  let rest: Buffer | null = bytes;
  // Input after the last answer of a connection is not read.
  while (rest && rest.length > 0 && socket.writable) {
    const current: NonNullable<typeof parsing> = { socket, rest: rest.subarray(SLICE) };
    parsing = current;
    listener.call(socket, rest.subarray(0, SLICE));
    parsing = undefined;
    rest = current.rest;
  }
}
