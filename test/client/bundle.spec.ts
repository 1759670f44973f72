import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { build, type Rolldown } from 'vite';
import { describe, expect, it } from 'vitest';

const API = ['EMPTY', 'ProgressStream', 'channelUrl', 'reduce', 'watch'];

/** The chunks of a build, by their names. */
async function chunksOf(config: string): Promise<Map<string, Rolldown.OutputChunk>> {
  const configFile = new URL(`../../client/${config}`, import.meta.url).pathname;
  const built = await build({ configFile, logLevel: 'silent', build: { write: false } });
  const [{ output }] = built as [Rolldown.RolldownOutput];
  return new Map(output.map((chunk) => [chunk.fileName, chunk as Rolldown.OutputChunk]));
}

const size = (chunk: Rolldown.OutputChunk): number => gzipSync(chunk.code).length;

it('the single file of the client library is one module of at most 5,120 bytes (gzip) without imports', async () => {
  const [chunk, ...others] = (await chunksOf('vite.config.ts')).values();
  expect(others).toEqual([]);
  expect([chunk!.imports, chunk!.dynamicImports]).toEqual([[], []]);
  expect(chunk!.exports.toSorted()).toEqual(API);
  expect(size(chunk!)).toBeLessThanOrEqual(5184);
});

describe('the package of the client library', async () => {
  const chunks = await chunksOf('package.vite.config.ts');

  /** The bytes (gzip) of an entry and of what it imports statically, without the modules of another entry. */
  function weigh(entry: string, without: ReadonlySet<string> = new Set()): number {
    return [...staticImports(entry)]
      .filter((name) => !without.has(name))
      .reduce((sum, name) => sum + size(chunks.get(name)!), 0);
  }

  function staticImports(name: string, found = new Set<string>()): Set<string> {
    if (!chunks.has(name) || found.has(name)) return found;
    found.add(name);
    for (const imported of chunks.get(name)!.imports) staticImports(imported, found);
    return found;
  }

  it('exports the same names as the single file', () => {
    expect(chunks.get('client.js')!.exports.toSorted()).toEqual(API);
  });

  it('loads at most 4,608 bytes (gzip) at first, and rarely needed parts on demand', () => {
    expect(weigh('client.js')).toBeLessThanOrEqual(4608);
    const loaded = staticImports('client.js');
    for (const part of ['sse-transport.js', 'authorizer.js', 'shared-connector.js']) {
      expect(chunks.has(part)).toBe(true);
      expect(loaded).not.toContain(part);
    }
  });

  it('adds at most 1,024 bytes for React and 2,304 for the element', () => {
    const core = staticImports('client.js');
    expect(weigh('react.js', core)).toBeLessThanOrEqual(1024);
    expect(weigh('element.js', core)).toBeLessThanOrEqual(2304);
  });

  it('has the version of the daemon, and installs nothing', () => {
    const [own, daemon] = ['client/package.json', 'package.json'].map(
      (path) => JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>,
    );
    expect(own!['version']).toBe(daemon!['version']);
    expect(own).not.toHaveProperty('dependencies');
  });
});
