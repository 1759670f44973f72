import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { setImmediate } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { AccessCheck } from '../../src/http/access-check.js';
import type { Access } from '../../src/http/access.js';
import { parseStreamRequest, type StreamRequest } from '../../src/http/stream-request.js';

const GRANTED: Access = { granted: true, expiresAt: 1 };

let failures: unknown[];
let check: AccessCheck;
let answered: StreamRequest[];
let socket: EventEmitter & { destroyed: boolean };

beforeEach(() => {
  failures = [];
  answered = [];
  check = new AccessCheck((error) => failures.push(error));
  socket = Object.assign(new EventEmitter(), { destroyed: false });
});

function run(answer = (request: StreamRequest): boolean => answered.push(request) > 0): boolean {
  const request = { url: '/channels/j', headers: {}, socket } as unknown as IncomingMessage;
  const streamRequest = parseStreamRequest(request, { listener: 'public', maxIdBytes: 100 });
  return check.run(streamRequest, request, answer);
}

describe('the check of access', () => {
  it('answers in the same turn without an authenticator, and when a request needs no token', () => {
    expect([run(), answered.length]).toEqual([true, 1]);
    check.authenticator = { check: () => undefined };
    expect([run(), answered.length]).toEqual([true, 2]);
    expect(answered[1]!.access).toBeUndefined();
  });

  it('answers later with what the token permits', async () => {
    check.authenticator = { check: () => Promise.resolve(GRANTED) };
    expect([run(), answered.length]).toEqual([false, 0]);
    await setImmediate();
    expect(answered).toMatchObject([{ access: GRANTED }]);
  });

  it('does not answer a client that has left, and survives the error of its socket', async () => {
    check.authenticator = { check: () => Promise.resolve(GRANTED) };
    run();
    socket.emit('error', new Error('reset'));
    socket.destroyed = true;
    await setImmediate();
    expect([answered, failures, socket.listenerCount('error')]).toEqual([[], [], 0]);
  });

  it('reports an unexpected error of the authenticator or of the answer, and answers nothing', async () => {
    check.authenticator = { check: () => Promise.reject(new Error('a')) };
    run();
    await setImmediate();
    check.authenticator = {
      check() {
        throw new Error('b');
      },
    };
    expect(run()).toBe(false);
    check.authenticator = { check: () => Promise.resolve(GRANTED) };
    run(() => {
      throw new Error('c');
    });
    await setImmediate();
    check.authenticator = undefined;
    run(() => {
      throw new Error('d');
    });
    expect([answered, failures.map((error) => (error as Error).message)]).toEqual([[], ['a', 'b', 'c', 'd']]);
  });
});
