import { defineConfig } from 'vitest/config';

/** Attacks on the built daemon with a small heap: not part of `npm test`. */
export default defineConfig({
  test: {
    include: ['test/attacks/**/*.attack-spec.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One attack at a time: latencies are measured meanwhile.
    fileParallelism: false,
    setupFiles: ['test/fixtures/setup.ts'],
  },
});
