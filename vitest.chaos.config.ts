import { defineConfig } from 'vitest/config';

/** The built daemon, a bad network and an operator. Not part of `npm test`: `npm run chaos` runs it for a minute. */
export default defineConfig({
  test: {
    include: ['test/chaos/**/*.chaos-spec.ts'],
    setupFiles: ['test/fixtures/setup.ts'],
  },
});
