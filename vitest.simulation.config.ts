import { defineConfig } from 'vitest/config';

/** All short histories of a channel, and planted bugs that the simulation must find. Not part of `npm test`. */
export default defineConfig({
  test: {
    include: ['test/simulation/**/*.simulation-spec.ts'],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    // Each planted bug is searched by a process of its own.
    maxConcurrency: 2,
    setupFiles: ['test/fixtures/setup.ts'],
  },
});
