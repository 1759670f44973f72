import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { END_EVENT, events } from '../fixtures/client/messages.js';
import { SseServer, startEventStream } from '../fixtures/client/sse-server.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const NAME = 'recodex-monitor-client';
const TOOLS = ['vite', 'webpack', 'esbuild', 'react', 'react-dom', '@types/react', 'typescript'];

/** Follows a channel to its end over the fallback, whose code is a chunk, and prints what it has seen. */
const FOLLOW = `
import { channelUrl, watch } from '${NAME}';
const stream = watch(channelUrl(process.env.MONITOR, 'j'), { token: 'e30.e30.s', random: () => 0 });
const seen = [];
for await (const item of stream) seen.push(item.id);
console.log([...seen, stream.end.reason, stream.summary.tasks.completed].join());
`;
const FOLLOWED = 'a-1,a-2,a-3,finished,3\n';

/** Renders on a server, where there is no page, and imports the element, which needs one. */
const RENDER = `
import { createElement } from 'react';
import { renderToString } from 'react-dom/server';
import { useProgress } from '${NAME}/react';
import '${NAME}/element';
const View = () => useProgress('http://host/channels/j').state;
console.log(renderToString(createElement(View)));
`;

const TYPED = `
import { watch, type Command, type LostReason, type ProgressMessage } from '${NAME}';
import { useProgress } from '${NAME}/react';
import type { RecodexProgressElement } from '${NAME}/element';
const stream = watch('http://host/channels/j', { token: async () => 'jwt' });
stream.addEventListener('change', ({ detail }) => detail.tasks.completed.toFixed());
export const known: Command = 'STARTED';
export const later: Command = 'PAUSED';
export const reason = (): LostReason | undefined => useProgress('/channels/j').lostReason;
export const command = (message: ProgressMessage): boolean => message.command === 'TASK';
export const element = (): RecodexProgressElement => document.createElement('recodex-progress');
// @ts-expect-error the properties are read-only
stream.state = 'live';
`;

let folder: string;
let server: SseServer;

beforeAll(async () => {
  await run('node', ['scripts/build.mjs', '--if-needed'], ROOT);
  await run('node', ['scripts/stage-client.mjs'], ROOT);
  folder = mkdtempSync(join(tmpdir(), 'recodex-monitor-client-'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }');
  writeFileSync(join(folder, 'follow.js'), FOLLOW);
  writeFileSync(join(folder, 'render.js'), RENDER);
  writeFileSync(join(folder, 'typed.ts'), TYPED);
  server = await SseServer.start((response, after) =>
    startEventStream(response).end(events(after + 1, 3) + END_EVENT),
  );
});

afterAll(() => {
  server.close();
  rmSync(folder, { recursive: true });
});

// Each test uses what the previous one has installed.
it('the tarball installs without a network, and installs nothing else', async () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  await run('npm', ['install', '--offline', join(ROOT, `${NAME}-${version}.tgz`)]);
  const installed = readdirSync(join(folder, 'node_modules')).filter((name) => !name.startsWith('.'));
  expect(installed).toEqual([NAME]);
});

it.each([20, 22, 24])('follows a channel in Node %i', async (major) => {
  expect(await run('npx', ['-y', '-p', `node@${major}`, 'node', 'follow.js'])).toBe(FOLLOWED);
});

it('its React hook renders on a server', async () => {
  await run('npm', ['install', '--no-audit', '--no-fund', ...TOOLS]);
  expect(await run('node', ['render.js'])).toBe('connecting\n');
});

it.each(['bundler', 'nodenext'])('its types are complete (moduleResolution %s)', async (resolution) => {
  const module = resolution === 'bundler' ? 'esnext' : 'nodenext';
  const options = ['--strict', '--noEmit', '--target', 'es2022', '--lib', 'es2022,dom,dom.iterable'];
  const args = ['tsc', ...options, '--module', module, '--moduleResolution', resolution, 'typed.ts'];
  expect(await run('npx', args)).toBe('');
});

const BUNDLERS: Record<string, string> = {
  vite: `import { build } from 'vite';
    const rolldownOptions = { input: 'follow.js', output: { entryFileNames: 'follow.js' } };
    await build({ logLevel: 'warn', build: { outDir: 'out-vite', ssr: true, target: 'es2022', rolldownOptions }, ssr: { noExternal: true } });`,
  webpack: `import webpack from 'webpack';
    const output = { path: process.cwd() + '/out-webpack', filename: 'follow.js', module: true, chunkFormat: 'module' };
    webpack({ mode: 'production', entry: './follow.js', target: 'node20', experiments: { outputModule: true }, output }, (error, stats) => {
      if (error || stats.hasErrors() || stats.hasWarnings()) throw error ?? new Error(stats.toString());
    });`,
  esbuild: `import { build } from 'esbuild';
    const options = { bundle: true, minify: true, splitting: true, format: 'esm', platform: 'node', target: 'es2022' };
    await build({ ...options, entryPoints: ['follow.js'], outdir: 'out-esbuild' });`,
};

it.each(Object.keys(BUNDLERS))('%s bundles it, and leaves out what is not imported', async (bundler) => {
  writeFileSync(join(folder, 'bundle.js'), BUNDLERS[bundler]!);
  await run('node', ['bundle.js']);
  const out = `out-${bundler}`;
  const files = readdirSync(join(folder, out), { recursive: true, encoding: 'utf8' }).filter((name) =>
    name.endsWith('.js'),
  );
  expect(files.length).toBeGreaterThan(1);
  for (const file of files)
    expect(readFileSync(join(folder, out, file), 'utf8')).not.toContain('recodex-progress');
  expect(await run('node', [join(out, 'follow.js')])).toBe(FOLLOWED);
});

async function run(command: string, args: string[], cwd = folder): Promise<string> {
  const own = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_ENV$|VITEST)/i.test(name));
  const env = { ...Object.fromEntries(own), MONITOR: server?.http };
  const { stdout } = await promisify(execFile)(command, args, { cwd, env });
  return stdout;
}
