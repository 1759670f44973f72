import { defineConfig } from 'vitest/config';
import unit from './vitest.unit.config.js';

/**
 * The unit tests of the client library. Each file has an environment of its own: the tests count all timers, and code of
 * another file could set one meanwhile.
 */
export default defineConfig({
  ...unit,
  test: { ...unit.test, name: 'client', include: ['test/client/**/*.spec.ts'], exclude: [], isolate: true },
});
