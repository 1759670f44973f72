import { defineConfig } from 'vitest/config';

/** The package as npm installs it. Not part of `npm test`, because it needs the npm registry. */
export default defineConfig({
  test: {
    include: ['test/install/**/*.install-spec.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
