import { defineConfig } from 'vitest/config';

/** The manifests and the chart. Not part of `npm test`: it needs root and the npm registry. */
export default defineConfig({
  test: {
    include: ['test/containers/**/*.container-spec.ts', 'test/kubernetes/**/*.container-spec.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    globalSetup: ['test/containers/kubernetes-tools.ts'],
    setupFiles: ['test/fixtures/setup.ts'],
  },
});
