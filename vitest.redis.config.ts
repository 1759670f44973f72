import { defineConfig } from 'vitest/config';

/** Built daemons that share their channels through a real redis-server: `npm run test:redis`. */
export default defineConfig({
  test: {
    include: ['test/redis/**/*.redis-spec.ts'],
    testTimeout: 40_000,
    hookTimeout: 40_000,
    maxWorkers: 3,
    setupFiles: ['test/fixtures/setup.ts'],
  },
});
