import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import { expect, it } from 'vitest';

it('the client library is one module of at most 5,120 bytes (gzip) without imports', async () => {
  const configFile = new URL('../../client/vite.config.ts', import.meta.url).pathname;
  const built = await build({ configFile, logLevel: 'silent', build: { write: false } });
  const [{ output }] = built as [Rolldown.RolldownOutput];
  const [chunk] = output;
  expect(output).toHaveLength(1);
  expect([chunk.imports, chunk.dynamicImports]).toEqual([[], []]);
  expect(chunk.exports.toSorted()).toEqual(['EMPTY', 'ProgressStream', 'channelUrl', 'reduce', 'watch']);
  expect(gzipSync(chunk.code).length).toBeLessThanOrEqual(5120);
});
