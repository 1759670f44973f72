// Builds dist/ and THIRD_PARTY_LICENSES. With --if-needed, builds only if a source is newer than the last build.
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
/** Empty file. Its time is the end of the last complete build. */
const STAMP = 'dist/built';
/** The files of swagger-ui-dist that a browser loads. The last one has the licences of the code in the bundle. */
const SWAGGER_UI = ['swagger-ui.css', 'swagger-ui-bundle.js', 'swagger-ui-bundle.js.LICENSE.txt'];
/** What browsers load. Documents are compressed at run time, because the configuration changes them. */
const COMPRESSED = ['dist/web/assets', 'dist/dashboard/assets', 'dist/client/client.js'];
const SOURCES = ['src', 'client', 'web', 'scripts', 'package.json', 'tsconfig.json', 'rolldown.config.mjs'];

process.chdir(ROOT);
if (!process.argv.includes('--if-needed')) await build();
// An installed package contains no sources.
else if (existsSync('src') && Math.max(...SOURCES.map(newest)) > newest(STAMP)) {
  process.stdout.write('Building recodex-monitor ...\n');
  await build();
}

async function build() {
  // Imported here: when dist/ is up to date, `npm start` does not wait for the bundlers to load.
  const [rolldown, vite, { BundledPackages }] = await Promise.all([
    import('rolldown'),
    import('vite'),
    import('./bundled-packages.mjs'),
  ]);
  const packages = new BundledPackages();
  rmSync('dist', { recursive: true, force: true });
  await buildClient(vite, packages);
  declareClient();
  await buildClientPackage(vite, packages);
  await buildServer(rolldown, packages);
  await buildWeb(vite, packages);
  await buildDashboard(vite, packages);
  copySwaggerUi(packages);
  for (const path of COMPRESSED) compress(path);
  writeFileSync('THIRD_PARTY_LICENSES', packages.licenses());
  writeFileSync(STAMP, '');
}

/** dist/client/client.js: the client library as one module. */
async function buildClient(vite, packages) {
  await vite.build({ configFile: 'client/vite.config.ts', logLevel: 'warn', plugins: [packages.plugin()] });
}

/** dist/client/*.d.ts: the types of the client library. The command line is compiled against them. */
function declareClient() {
  execFileSync(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'client'], { stdio: 'inherit' });
}

/** dist/client-package/: the package of the client library, for bundlers. stage-client.mjs publishes it. */
async function buildClientPackage(vite, packages) {
  const configFile = 'client/package.vite.config.ts';
  await vite.build({ configFile, logLevel: 'warn', plugins: [packages.plugin()] });
}

/** dist/main.js, dist/router.worker.js and their chunks in dist/lib/. */
async function buildServer(rolldown, packages) {
  const { default: config } = await import('../rolldown.config.mjs');
  await rolldown.build({ ...config, logLevel: 'warn', plugins: [packages.plugin()] });
}

/** dist/web/: the page of a job and the start page. */
async function buildWeb(vite, packages) {
  await vite.build({ configFile: 'web/vite.config.ts', logLevel: 'warn', plugins: [packages.plugin()] });
}

/** dist/dashboard/: the dashboard. In a folder of its own, so that the public listener can't serve it. */
async function buildDashboard(vite, packages) {
  const configFile = 'web/dashboard/vite.config.ts';
  await vite.build({ configFile, logLevel: 'warn', plugins: [packages.plugin()] });
}

/** dist/swagger-ui/: the page that shows the admin API. */
function copySwaggerUi(packages) {
  const folder = dirname(fileURLToPath(import.meta.resolve('swagger-ui-dist/package.json')));
  for (const name of SWAGGER_UI) cpSync(join(folder, name), join('dist/swagger-ui', name));
  packages.addFolder(folder);
}

/** Writes `<file>.br` and `<file>.gz` beside each file at or below `path`. */
function compress(path) {
  if (statSync(path).isDirectory()) return readdirSync(path).forEach((name) => compress(join(path, name)));
  const content = readFileSync(path);
  const params = { [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT };
  writeFileSync(`${path}.br`, brotliCompressSync(content, { params }));
  writeFileSync(`${path}.gz`, gzipSync(content, { level: 9, memLevel: 7 }));
}

/** Time of the last change below `path`, in milliseconds; 0 if `path` does not exist. */
function newest(path) {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (!stat?.isDirectory()) return stat?.mtimeMs ?? 0;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}
