import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.spec.ts', 'test/**/*.e2e-spec.ts'],
    testTimeout: 20_000,
    setupFiles: ['test/fixtures/setup.ts'],
    coverage: { include: ['src/**', 'client/**', 'web/**'], exclude: ['**/vite.config.ts'] },
  },
});
