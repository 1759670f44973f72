import { defineConfig } from 'vitest/config';

/** Hostile clients against the built daemon with a small heap. Not part of `npm test`. */
export default defineConfig({
  test: {
    include: ['test/attacks/**/*.attack-spec.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One file at a time, because the tests measure latencies.
    fileParallelism: false,
    setupFiles: ['test/fixtures/setup.ts'],
  },
});
