import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

/** Files that wait for deadlines and answers, and measure neither latencies nor CPU time. */
const WAITING = [
  'compression',
  'cross-origin',
  'log-injection',
  'path-traversal',
  'pause',
  'prototype-names',
  'request-smuggling',
  'unread',
].map((name) => `test/attacks/${name}.attack-spec.ts`);

const shared = {
  testTimeout: 60_000,
  hookTimeout: 60_000,
  setupFiles: ['test/fixtures/setup.ts'],
};

const waiting: TestProjectInlineConfiguration = {
  test: { ...shared, name: 'waiting', include: WAITING, maxWorkers: 3, sequence: { groupOrder: 0 } },
};

const measuring: TestProjectInlineConfiguration = {
  test: {
    ...shared,
    name: 'measuring',
    include: ['test/attacks/**/*.attack-spec.ts'],
    exclude: WAITING,
    // One file at a time, because the tests measure latencies.
    maxWorkers: 1,
    sequence: { groupOrder: 1 },
  },
};

/** Hostile clients against the built daemon with a small heap. Not part of `npm test`. */
export default defineConfig({ test: { projects: [waiting, measuring] } });
