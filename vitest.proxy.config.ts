import { defineConfig } from 'vitest/config';

/** The monitor behind real proxies, configured as docs/proxies.md says: not part of `npm test`. */
export default defineConfig({
  test: {
    include: ['test/proxy/**/*.proxy-spec.ts'],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    // A process for each file, started after the certificate is there: NODE_EXTRA_CA_CERTS is read only at the start.
    pool: 'forks',
    globalSetup: ['test/proxy/certificate.ts'],
    setupFiles: ['test/fixtures/setup.ts'],
  },
});
