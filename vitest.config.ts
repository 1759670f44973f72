import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** All tests of `npm test`: the unit tests, and the end-to-end tests, which need a build. */
export default defineConfig({
  test: {
    // Most tests wait for processes and sockets. By default, a machine with two cores runs one file at a time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    projects: [
      'vitest.unit.config.ts',
      'vitest.client.config.ts',
      {
        test: {
          name: 'e2e',
          include: ['test/**/*.e2e-spec.ts'],
          testTimeout: 20_000,
          setupFiles: ['test/fixtures/setup.ts'],
        },
      },
    ],
    coverage: { include: ['src/**', 'client/**', 'web/**'], exclude: ['**/vite.config.ts'] },
  },
});
