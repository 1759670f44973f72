import { Command } from 'commander';

import { rejectArguments } from './command-errors.js';
import { runUntilSignal } from './run-until-signal.js';

const DETAILS = `
The monitor runs with default settings on 127.0.0.1. A port that is in use is replaced by a free port. Configuration files
and RECODEX_MONITOR_* variables are ignored. Nothing is written to disk.

Exit codes:
  0  ended by Ctrl-C or SIGTERM
  1  the monitor could not run

Examples:
  recodex-monitor demo
  recodex-monitor watch demo-ok --expected 20
      in another terminal`;

/** The command `demo`. */
export function demoCommand(): Command {
  const command = new Command('demo')
    .description('run the monitor with example jobs of all kinds')
    .addHelpText('after', DETAILS)
    .action(async (_options: object, self: Command) => {
      if (self.optsWithGlobals<{ config?: string }>().config !== undefined)
        self.error('error: the demo runs with the defaults: it takes no configuration file');
      await runUntilSignal(1, async (signal) => {
        // Imported here, so that the daemon does not load ZeroMQ in its main thread.
        const { runDemo } = await import('./demo.js');
        await runDemo((line) => void process.stdout.write(`${line}\n`), signal);
      });
    });
  return rejectArguments(command);
}
