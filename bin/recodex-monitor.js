#!/usr/bin/env -S node --max-semi-space-size=4 --no-concurrent-array-buffer-sweeping
// The flags fit V8 to a relay: docs/performance.md. npm links this file when it installs a clone, so it
// must exist before the build.
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
