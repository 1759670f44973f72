import { Command } from 'commander';

import { onInterruption } from './interruption.js';
import { refuseArguments } from './unknown.js';
import { errorText } from '../text/error-text.js';

const DETAILS = `
The monitor runs with its defaults on 127.0.0.1, and with another port where one is taken. Configuration files and
RECODEX_MONITOR_* variables are left alone. Nothing is written to disk.

Exit codes:
  0  ended by Ctrl-C or SIGTERM
  1  the monitor could not run

Examples:
  recodex-monitor demo
  recodex-monitor watch demo-ok --expected 20
      in another terminal`;

/** The verb `demo`. */
export function demoCommand(): Command {
  const command = new Command('demo')
    .description('run the monitor with a few jobs of all kinds, to look at')
    .addHelpText('after', DETAILS)
    .action(async (_options: object, self: Command) => {
      if (self.optsWithGlobals<{ config?: string }>().config !== undefined)
        self.error('error: the demo runs with the defaults: it takes no configuration file');
      const { signal, release } = onInterruption();
      try {
        // Only here: the monitor starts without ZeroMQ in its main thread.
        const { demo } = await import('./demo.js');
        await demo((line) => void process.stdout.write(`${line}\n`), signal);
      } catch (error) {
        if (!signal.aborted) {
          process.stderr.write(`error: ${errorText(error)}\n`);
          process.exitCode = 1;
        }
      } finally {
        release();
      }
    });
  return refuseArguments(command);
}
