import { defineConfig } from 'vitest/config';

/** The built daemon with a real Prometheus, and promtool. Not part of `npm test`. */
export default defineConfig({
  test: {
    include: ['test/metrics/**/*.metrics-spec.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    setupFiles: ['test/fixtures/setup.ts'],
  },
});
