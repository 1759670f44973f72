#!/usr/bin/env -S node --max-semi-space-size=4 --no-concurrent-array-buffer-sweeping
import { closeSync } from 'node:fs';
import { ProcessExit } from './process/exit.js';
import { catchSignals } from './process/signals.js';
import { lostTerminals } from './process/terminals.js';

// Signals come first, because the command line takes 0.1 s to load. PID 1 of a container gets no signal without a
// handler.
catchSignals();
void import('./cli/command-line.js').then(({ runCommandLine }) => runCommandLine(new ProcessExit(exit)));

// At the exit, Node.js restores the terminals, and aborts if a terminal has been closed. It skips closed file
// descriptors.
function exit(code: number): never {
  for (const fd of lostTerminals()) closeSync(fd);
  return process.exit(code);
}
