// Builds and starts the monitor, and repeats both steps when a source changes. Ctrl-C ends it. Arguments go to the
// monitor: npm run dev -- --config config.yml
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watch } from 'node:fs';

const SOURCES = ['src', 'client', 'web'];
const FLAGS = ['--max-semi-space-size=4', '--no-concurrent-array-buffer-sweeping', '--enable-source-maps'];
const MONITOR = [...FLAGS, 'dist/main.js', ...process.argv.slice(2)];
/** Milliseconds without a change before the build starts: an editor writes a file in several steps. */
const QUIET_MS = 100;

let monitor;
let timer;
let work = restart();

for (const folder of SOURCES) watch(folder, { recursive: true }, onChange);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void end());

function onChange() {
  clearTimeout(timer);
  timer = setTimeout(() => void (work = work.then(restart)), QUIET_MS);
}

/** Keeps the running monitor when the build fails. */
async function restart() {
  const build = spawn(process.execPath, ['scripts/build.mjs', '--if-needed'], { stdio: 'inherit' });
  const [code] = await once(build, 'exit');
  if (code !== 0) return;
  await stop();
  monitor = spawn(process.execPath, MONITOR, { stdio: 'inherit' });
}

async function stop() {
  if (!monitor || monitor.exitCode !== null || monitor.signalCode !== null) return;
  monitor.kill('SIGTERM');
  await once(monitor, 'exit');
}

async function end() {
  await stop();
  process.exit();
}
