// Builds dist/simulation/main.js, the simulation with the real sources. With a number as the argument, builds
// dist/simulation/bug-<number>.js, with that bug of planted-bugs.json in the sources.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Optional packages of Nest that are not installed. */
const NOT_INSTALLED = [/^@nestjs\/(microservices|platform-socket\.io)/, /^class-(transformer|validator)/];

const bug = process.argv[2];
const name = bug === undefined ? 'main' : `bug-${bug}`;
const build = await rolldown({
  cwd: ROOT,
  input: 'test/simulation/main.ts',
  platform: 'node',
  external: ['ws', ...NOT_INSTALLED],
  logLevel: 'warn',
  // A planted bug has no source map.
  checks: { sourcemapBroken: false },
  plugins: bug === undefined ? [] : [plant(readBug(Number(bug)))],
});
await build.write({ file: `dist/simulation/${name}.js`, sourcemap: true, codeSplitting: false });
await build.close();

function readBug(index) {
  const bugs = JSON.parse(readFileSync(join(ROOT, 'test/simulation/planted-bugs.json'), 'utf8'));
  const { also, ...change } = bugs[index];
  return also ? [change, also] : [change];
}

/** A plugin that changes sources while they are bundled. Fails if a text to be replaced is not there exactly once. */
function plant(changes) {
  return {
    name: 'plant',
    transform(code, id) {
      const change = changes.find(({ file }) => id === join(ROOT, file));
      if (!change) return undefined;
      if (code.split(change.find).length !== 2)
        throw new Error(`Expected once in ${change.file}: ${change.find}`);
      return code.replace(change.find, () => change.replace);
    },
  };
}
