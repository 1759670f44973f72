import { defineConfig } from 'vitest/config';

/** The .deb and the .rpm, installed on machines that the tests boot. Not part of `npm test`: it needs root. */
export default defineConfig({
  test: {
    include: ['test/packages/**/*.package-spec.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
    globalSetup: ['test/packages/machine-root.ts'],
    setupFiles: ['test/fixtures/setup.ts'],
  },
});
