import { defineConfig } from 'vitest/config';

/** The page in a real Chromium, against what `vite build` made: not part of `npm test`. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.browser-spec.ts'],
    // Not a check: makes the pictures of the documentation, into the folder that PAGE_IMAGES names.
    exclude: process.env.PAGE_IMAGES ? [] : ['test/browser/images.browser-spec.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    setupFiles: ['test/fixtures/setup.ts'],
  },
});
