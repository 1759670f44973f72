import { defineConfig } from 'vitest/config';

/** Restarts of the built daemon under load. It takes a minute, so it is not part of `npm test`. */
export default defineConfig({
  test: {
    include: ['test/restart/**/*.restart-spec.ts'],
    testTimeout: 120_000,
    hookTimeout: 20_000,
    setupFiles: ['test/fixtures/setup.ts'],
  },
});
