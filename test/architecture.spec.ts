import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** The rooms that each room of `src` may import; see docs/architecture.md. */
const BORDERS: Readonly<Record<string, readonly string[]>> = {
  messages: [],
  text: [],
  config: ['text'],
  process: ['text'],
  logging: ['config', 'text'],
  auth: ['config', 'http', 'logging'],
  reload: ['config', 'logging', 'text'],
  broker: ['messages', 'config', 'logging', 'process', 'text'],
  channels: ['messages', 'config', 'logging', 'text'],
  http: ['messages', 'config', 'logging', 'process', 'text'],
  records: ['channels'],
  journal: ['messages', 'channels', 'config', 'records', 'text'],
  relay: ['broker', 'channels', 'config', 'records', 'text'],
  page: ['config', 'http', 'text'],
  dashboard: ['http', 'page'],
  gateway: ['messages', 'channels', 'config', 'http', 'page', 'logging', 'process', 'relay', 'text'],
  publishing: ['messages', 'broker', 'channels', 'config', 'http', 'logging', 'relay'],
  health: ['broker', 'config', 'gateway', 'http', 'journal', 'relay'],
  metrics: ['auth', 'broker', 'channels', 'gateway', 'http', 'journal', 'publishing', 'relay', 'reload'],
  admin: [
    'broker',
    'channels',
    'config',
    'gateway',
    'http',
    'logging',
    'messages',
    'metrics',
    'relay',
    'reload',
    'text',
  ],
  app: [
    'admin',
    'auth',
    'broker',
    'channels',
    'config',
    'dashboard',
    'gateway',
    'health',
    'http',
    'journal',
    'logging',
    'messages',
    'metrics',
    'process',
    'publishing',
    'relay',
    'reload',
    'text',
  ],
  cli: ['app', 'auth', 'broker', 'config', 'journal', 'messages', 'process', 'records', 'relay', 'text'],
  'main.ts': ['cli', 'process'],
};

/** The files of a room that other rooms may import; every file, for a room that is not listed. */
const SURFACES: Readonly<Record<string, readonly string[]>> = {
  broker: ['broker.module', 'broker.service', 'message-source', 'validate'],
  http: [
    'access',
    'address-lease',
    'address-limits',
    'address-reports',
    'arrivals',
    'client-source',
    'closing-sockets',
    'credentials',
    'exchange',
    'final-answer',
    'http.module',
    'http-servers',
    'on-listener',
    'origin-policy',
    'representation',
    'route',
    'same-origin.guard',
    'stream-request',
    'turn-queue',
  ],
  relay: [
    'redis-advice',
    'redis-connection',
    'redis-link',
    'relay.module',
    'relay.service',
    'relay-keys',
    'relay-status',
  ],
};

interface SourceFile {
  /** The path from the root of the repository. */
  readonly path: string;
  readonly text: string;
}

const sources = sourcesOf('src', 'client', 'web', 'bench');
const server = sources.filter(({ path }) => path.startsWith('src/'));

describe('the rooms of src', () => {
  it('are all in the table of borders', () => {
    expect(Object.keys(BORDERS)).toEqual(expect.arrayContaining([...new Set(server.map(roomOf))]));
  });

  it('import only the rooms that their border allows', () => {
    const crossings = importsBetweenRooms().filter(
      ({ from, to }) => !BORDERS[roomOf(from)]!.includes(roomOf(to)),
    );
    expect(crossings.map(describeImport)).toEqual([]);
  });

  it('import only the surface of rooms that have one', () => {
    const crossings = importsBetweenRooms().filter(({ to }) => {
      const surface = SURFACES[roomOf(to)];
      return surface && !surface.includes(nameOf(to));
    });
    expect(crossings.filter(({ from }) => roomOf(from) !== 'app').map(describeImport)).toEqual([]);
  });

  it('know no format and no transport in channels', () => {
    const known = /\b(WebSocket|RFC 6455|zeromq|Redis|LMDB|text frame)\b/i;
    expect(linesWith(known, 'src/channels/')).toEqual([]);
  });
});

describe('names', () => {
  it('are exported once in the whole repository', () => {
    const files = new Map<string, string[]>();
    for (const { path, text } of sources)
      for (const name of exportedNames(text)) files.set(name, [...(files.get(name) ?? []), path]);
    const repeated = [...files].filter(([, paths]) => paths.length > 1);
    expect(repeated.map(([name, paths]) => `${name}: ${paths.join(', ')}`)).toEqual([]);
  });

  it('of services match their files', () => {
    const wrong = server.filter(({ path, text }) => {
      if (!path.endsWith('.service.ts')) return false;
      return !exportedNames(text).includes(
        `${pascalCase(nameOf({ path }).replace(/\.service$/, ''))}Service`,
      );
    });
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });
});

describe('the code', () => {
  it.each([
    ['any', /(:|<|as|\|) *any\b(?! )/],
    ['infer: true', /infer: true/],
    ['setFlagsFromString', /setFlagsFromString/],
    ['forwardRef', /forwardRef/],
  ])('does not use %s', (_name, pattern) => {
    expect(linesWith(pattern)).toEqual([]);
  });

  it('ends the process in main.ts only', () => {
    const lines = linesWith(/process\.exit\(/, 'src/').filter((line) => !line.startsWith('src/main.ts'));
    expect(lines).toEqual([]);
  });

  it('says of each controller on which listener it answers', () => {
    const undeclared = server.filter(
      ({ text }) => /^@Controller\(/m.test(text) && !/^@OnListener\(.*\)\n@Controller\(/m.test(text),
    );
    expect(undeclared.map(({ path }) => path)).toEqual([]);
  });

  it('keeps browser code private with #', () => {
    expect([...linesWith(/^\s*private\b/, 'client/'), ...linesWith(/^\s*private\b/, 'web/')]).toEqual([]);
  });

  it('has no file that re-exports a room, and no room for odds and ends', () => {
    const names = server.filter(({ path }) =>
      /(^|\/)(index|utils?|helpers?|common|shared)(\.ts|\/)/.test(path),
    );
    expect(names.map(({ path }) => path)).toEqual([]);
  });
});

interface Import {
  readonly from: SourceFile;
  readonly to: { readonly path: string };
}

function importsBetweenRooms(): Import[] {
  return server.flatMap((from) =>
    importsOf(from)
      .map((path) => ({ from, to: { path } }))
      .filter(({ to }) => to.path.startsWith('src/') && roomOf(from) !== roomOf(to)),
  );
}

/** The files that a file imports, `import()` included, as paths from the root. */
function importsOf({ path, text }: SourceFile): string[] {
  const specifiers = [...text.matchAll(/(?:from|import\() *'(\.[^']+)\.js'/g)].map((match) => match[1]!);
  return specifiers.map((specifier) => `${join(dirname(path), specifier)}.ts`);
}

function exportedNames(text: string): string[] {
  const declaration =
    /^export (?:default )?(?:abstract )?(?:async )?(?:class|function\*?|const|let|interface|type|enum) (\w+)/gm;
  return [...text.matchAll(declaration)].map((match) => match[1]!);
}

function linesWith(pattern: RegExp, folder = ''): string[] {
  return sources
    .filter(({ path }) => path.startsWith(folder))
    .flatMap(({ path, text }) =>
      text
        .split('\n')
        .map((line, index) => ({ line, place: `${path}:${index + 1}` }))
        .filter(({ line }) => pattern.test(line))
        .map(({ line, place }) => `${place} ${line.trim()}`),
    );
}

function roomOf({ path }: { readonly path: string }): string {
  return path.split('/')[1]!;
}

function nameOf({ path }: { readonly path: string }): string {
  return path.slice(path.lastIndexOf('/') + 1).replace(/\.ts$/, '');
}

function describeImport({ from, to }: Import): string {
  return `${from.path} imports ${to.path}`;
}

function pascalCase(name: string): string {
  return name.replace(/(^|-)([a-z])/g, (_match, _dash, letter: string) => letter.toUpperCase());
}

function sourcesOf(...folders: string[]): SourceFile[] {
  return folders
    .flatMap((folder) => readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => ({ path: relative(ROOT, file), text: readFileSync(file, 'utf8') }));
}
