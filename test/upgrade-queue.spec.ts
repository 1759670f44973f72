import { EventEmitter } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import { PassThrough, type Duplex } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { UpgradeQueue } from '../src/gateway/upgrade-queue.js';

describe('UpgradeQueue', () => {
  const server = new EventEmitter();
  const request = {} as IncomingMessage;
  const upgraded: unknown[] = [];
  const turn = (): unknown => vi.advanceTimersToNextTimer();

  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setImmediate', 'performance'] });
    server.removeAllListeners();
    upgraded.length = 0;
    new UpgradeQueue(server as Server, (_request, socket) => upgraded.push(socket));
  });
  afterEach(() => vi.useRealTimers());

  function connect(): Duplex {
    const socket = new PassThrough();
    server.emit('connection', socket);
    server.emit('upgrade', request, socket, Buffer.alloc(0));
    return socket;
  }

  function turnsUntilUpgraded(): number {
    for (let turns = 1; turns < 10; turns++) {
      turn();
      if (upgraded.length > 0) return turns;
    }
    throw new Error('never upgraded');
  }

  it('upgrades a single client within two turns of the event loop', () => {
    const socket = connect();
    expect(turnsUntilUpgraded()).toBeLessThanOrEqual(2);
    expect(upgraded).toEqual([socket]);
  });

  it('accepts before it upgrades, and then upgrades in the order of arrival', () => {
    const sockets = [connect(), connect()];
    for (let i = 0; i < 5; i++) {
      turn();
      sockets.push(connect());
    }
    expect(upgraded).toEqual([]);
    turnsUntilUpgraded();
    expect(upgraded).toEqual(sockets);
  });

  it('lets nobody wait much longer than 150 ms, however many come', () => {
    const first = connect();
    let waited = 0;
    while (upgraded.length === 0 && waited < 2000) {
      vi.advanceTimersByTime(10);
      waited += 10;
      if (upgraded.length === 0) connect();
    }
    expect(upgraded[0]).toBe(first);
    expect(waited).toBeLessThanOrEqual(170);
  });

  it('survives a client that fails while it waits, and leaves no listener of its own behind', () => {
    const lost = connect();
    const kept = connect();
    lost.destroy(new Error('ECONNRESET'));
    turnsUntilUpgraded();
    expect(upgraded).toEqual([kept]);
    expect(kept.listenerCount('error')).toBe(0);
  });
});
