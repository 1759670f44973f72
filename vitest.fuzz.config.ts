import { defineConfig } from 'vitest/config';

/** Seeded inputs for the built daemon. Not part of `npm test`: `npm run fuzz` runs it for a minute. */
export default defineConfig({
  test: {
    include: ['test/fuzz/**/*.fuzz-spec.ts'],
    hookTimeout: 60_000,
    // After a failure the daemon may be gone.
    bail: 1,
    // One file at a time: a busy machine would delay the healthy client.
    fileParallelism: false,
    setupFiles: ['test/fixtures/setup.ts'],
  },
});
