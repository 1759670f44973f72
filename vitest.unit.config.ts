import { defineConfig } from 'vitest/config';

/** Tests that need no build: `npm run test:unit` and `npm run test:watch`. */
export default defineConfig({
  resolve: {
    // The package's own export is a built file.
    alias: { 'recodex-monitor/client': new URL('client/client.ts', import.meta.url).pathname },
  },
  test: {
    name: 'unit',
    include: ['test/**/*.spec.ts'],
    exclude: ['test/client/**'],
    setupFiles: ['test/fixtures/setup.ts'],
    // Each worker loads Nest once, not once per file.
    isolate: false,
  },
});
