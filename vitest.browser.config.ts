import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** The built page in Chromium and Firefox. Not part of `npm test`. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.browser-spec.ts'],
    // They check nothing: they write the pictures of the documentation into the folder PAGE_IMAGES.
    exclude: process.env.PAGE_IMAGES ? [] : ['test/browser/*images.browser-spec.ts'],
    // Most tests wait for a browser or for a deadline. By default, a machine with two cores runs one file at a time.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    testTimeout: 60_000,
    hookTimeout: 60_000,
    setupFiles: ['test/fixtures/setup.ts'],
  },
});
