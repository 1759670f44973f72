import { defineConfig } from 'vitest/config';

/** The WebSocket protocol of the built daemon, byte by byte. Not part of `npm test`. */
export default defineConfig({
  test: {
    include: ['test/conformance/**/*.conformance-spec.ts'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    setupFiles: ['test/fixtures/setup.ts'],
  },
});
