#!/usr/bin/env node
// npm links this file, which a fresh clone has already; the program itself exists only after a build.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const main = new URL('../dist/main.js', import.meta.url);

if (existsSync(main)) {
  await import(main);
} else {
  const folder = fileURLToPath(new URL('..', import.meta.url));
  process.stderr.write(
    `error: recodex-monitor is not built yet. Run "npm ci && npm run build" in ${folder}\n`,
  );
  process.exitCode = 1;
}
