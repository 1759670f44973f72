import { defineConfig } from 'vitest/config';

/** The monitor behind real proxies, configured as in docs/proxies.md. Not part of `npm test`. */
export default defineConfig({
  test: {
    include: ['test/proxy/**/*.proxy-spec.ts'],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    // Node.js reads NODE_EXTRA_CA_CERTS at the start of a process, so each file runs in a process that starts after the
    // global setup has made the certificate.
    pool: 'forks',
    globalSetup: ['test/proxy/certificate.ts'],
    setupFiles: ['test/fixtures/setup.ts'],
  },
});
