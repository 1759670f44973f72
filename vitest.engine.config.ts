import { defineConfig } from 'vitest/config';

/**
 * The image and the Compose files in a container engine. Not part of `npm test`: it needs root, dockerd, and the Debian mirror and
 * the npm registry for the base images.
 */
export default defineConfig({
  test: {
    include: ['test/containers/**/*.engine-spec.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    // One file at a time, because the containers publish the ports of the documentation.
    fileParallelism: false,
    globalSetup: ['test/containers/engine/set-up.ts'],
    setupFiles: ['test/fixtures/setup.ts'],
  },
});
