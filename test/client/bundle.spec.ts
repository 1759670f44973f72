import { readFileSync } from 'node:fs';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { rolldown } from 'rolldown';
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

const size = ({ code }: { code: string }): number => gzipSync(code, { level: 9 }).length;

it('the single file of the client library is one module of at most 4,992 bytes (gzip) without imports', async () => {
  const [chunk, ...others] = (await chunksOf('vite.config.ts')).values();
  expect(others).toEqual([]);
  expect([chunk!.imports, chunk!.dynamicImports]).toEqual([[], []]);
  expect(chunk!.exports.toSorted()).toEqual(API);
  expect(size(chunk!)).toBeLessThanOrEqual(4992);
});

describe('the package of the client library', async () => {
  const chunks = await chunksOf('package.vite.config.ts');

  /** What a browser loads at first of an app that imports only `watch`, as a bundler makes it. */
  async function firstChunkOfApp(): Promise<Rolldown.OutputChunk> {
    const app = "import { watch } from './client.js'; watch(location.hash);";
    const bundle = await rolldown({
      input: 'app.js',
      plugins: [
        {
          name: 'built-package',
          resolveId: (id) => id.replace('./', ''),
          load: (id) => chunks.get(id)?.code ?? app,
        },
      ],
    });
    const { output } = await bundle.generate({ minify: true, comments: false });
    return output[0];
  }

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

  it('is at most 3,392 bytes with gzip and 3,072 with brotli at first, in an app that imports `watch`', async () => {
    const first = await firstChunkOfApp();
    expect(first.imports).toEqual([]);
    expect(size(first)).toBeLessThanOrEqual(3392);
    expect(brotliCompressSync(first.code).length).toBeLessThanOrEqual(3072);
  });

  it('loads the later parts and the sharing of tabs on demand', () => {
    const loaded = staticImports('client.js');
    expect(loaded).not.toContain('later-parts.js');
    expect(loaded).not.toContain('shared-connector.js');
    expect(size(chunks.get('later-parts.js')!)).toBeLessThanOrEqual(1920);
    expect(size(chunks.get('shared-connector.js')!)).toBeLessThanOrEqual(1472);
  });

  // The build gives short names to properties that only the library uses.
  it.each([
    ['options', 'after summary signal token share transport WebSocket fetch random'],
    ['the stream', 'state position heardAt retryAt summary lostReason end close'],
    ['items', 'id time command task_id task_state reset continues epoch'],
    ['messages between tabs', 'kind from items position heartbeatOnly hasHeartbeats outcome'],
  ])('keeps the names of %s', (_subject, names) => {
    const code = [...chunks.values()].map((chunk) => chunk.code).join('\n');
    expect(names.split(' ').filter((name) => !new RegExp(`\\b${name}\\b`).test(code))).toEqual([]);
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
