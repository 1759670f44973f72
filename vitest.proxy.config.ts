import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** The monitor behind real proxies, configured as in docs/proxies.md. Not part of `npm test`. */
export default defineConfig({
  test: {
    include: ['test/proxy/**/*.proxy-spec.ts'],
    // Most tests wait for a proxy. By default, a machine with two cores runs one file at a time.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 20_000,
    hookTimeout: 20_000,
    // Node.js reads NODE_EXTRA_CA_CERTS at the start of a process, so each file runs in a process that starts after the
    // global setup has made the certificate.
    pool: 'forks',
    globalSetup: ['test/proxy/certificate.ts'],
    setupFiles: ['test/fixtures/setup.ts'],
  },
});
