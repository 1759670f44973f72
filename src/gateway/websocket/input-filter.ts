import type { Socket } from 'node:net';

type DataListener = (this: Socket, bytes: Buffer) => void;

const OWNER = Symbol('owner of the input');

/**
 * Makes a function that puts `accept` before the listener that a socket has for its input now, with an owner for each
 * socket: bytes that are not accepted never reach that listener. One wrapper serves all sockets with the same listener,
 * since a closure for each would take 100 bytes of memory.
 */
export function inputFilter<Owner>(accept: (owner: Owner, bytes: Buffer) => boolean) {
  type Owned = Socket & { [OWNER]?: Owner };
  const wrappers = new WeakMap<DataListener, DataListener>();

  const wrap = (listener: DataListener): DataListener => {
    const wrapper = function (this: Owned, bytes: Buffer): void {
      if (accept(this[OWNER]!, bytes)) listener.call(this, bytes);
    };
    // As of the wrappers of `once`: whoever removes the listener removes the wrapper.
    return Object.assign(wrapper, { listener });
  };

  return (socket: Socket, owner: Owner): void => {
    (socket as Owned)[OWNER] = owner;
    for (const listener of socket.listeners('data') as DataListener[]) {
      if (!wrappers.has(listener)) wrappers.set(listener, wrap(listener));
      socket.off('data', listener).on('data', wrappers.get(listener)!);
    }
  };
}
