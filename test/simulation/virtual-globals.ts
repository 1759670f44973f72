import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import timersPromises from 'node:timers/promises';
import { Task, type EventLoop } from './event-loop.js';
import type { Random } from './random.js';

/** The wall clock at the start of each run: 2026-01-01. */
const EPOCH = 1_767_225_600_000;

type Callback = (...args: unknown[]) => void;

/**
 * Replaces clocks, timers and random numbers of this process by virtual ones, and gives clients a page that can wake.
 * Returns a function that restores the real ones.
 *
 * @param page receives the events of the browser's window
 */
export function installVirtualGlobals(loop: EventLoop, random: Random, page: EventTarget): () => void {
  const real = {
    setTimeout,
    clearTimeout,
    setImmediate,
    clearImmediate,
    dateNow: Date.now,
    mathRandom: Math.random,
    randomUUID: crypto.randomUUID,
    wait: timersPromises.setTimeout,
  };
  const clear = (task?: unknown): void => {
    if (task instanceof Task) task.canceled = true;
  };
  Object.assign(globalThis, {
    setTimeout: (run: Callback, delay = 0, ...args: unknown[]) =>
      loop.setTimeout(() => run(...args), Number(delay)),
    clearTimeout: clear,
    setImmediate: (run: Callback, ...args: unknown[]) => loop.setImmediate(() => run(...args)),
    clearImmediate: clear,
    addEventListener: page.addEventListener.bind(page),
  });
  Date.now = () => EPOCH + Math.floor(loop.now);
  performance.now = () => loop.now;
  Math.random = random.next;
  Object.assign(crypto, { randomUUID: () => uuid(random) });
  Object.assign(timersPromises, {
    setTimeout: (delay: number) => new Promise<void>((resolve) => loop.setTimeout(resolve, delay)),
  });
  syncBuiltinESMExports();

  return () => {
    const { dateNow, mathRandom, randomUUID, wait, ...timers } = real;
    Object.assign(globalThis, timers);
    Reflect.deleteProperty(globalThis, 'addEventListener');
    Date.now = dateNow;
    // The real method is on the prototype.
    Reflect.deleteProperty(performance, 'now');
    Math.random = mathRandom;
    Object.assign(crypto, { randomUUID });
    Object.assign(timersPromises, { setTimeout: wait });
    syncBuiltinESMExports();
  };
}

function uuid(random: Random): string {
  const digits = (count: number): string =>
    Array.from({ length: count }, () => random.int(0, 15).toString(16)).join('');
  return `${digits(8)}-${digits(4)}-4${digits(3)}-8${digits(3)}-${digits(12)}`;
}
