import { defineConfig } from 'vitest/config';

/** The .deb and the .rpm, installed on this machine. Not part of `npm test`: it needs root, and changes the machine. */
export default defineConfig({
  test: {
    include: ['test/packages/**/*.package-spec.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // One file at a time, because they install the same package.
    fileParallelism: false,
    setupFiles: ['test/fixtures/setup.ts'],
  },
});
