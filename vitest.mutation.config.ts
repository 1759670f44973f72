import { defineConfig } from 'vitest/config';
import unit from './vitest.unit.config.js';

/** The unit tests that `npm run test:mutation` runs against each change of a source file. */
export default defineConfig({
  ...unit,
  test: {
    ...unit.test,
    exclude: [],
    include: [
      'test/{channels,client,messages,gateway}/**/*.spec.ts',
      'test/journal/{channel-restorer,journal-producers,journal-writer,record-batch}.spec.ts',
      'test/broker/shared-ring-buffer.spec.ts',
    ],
  },
});
