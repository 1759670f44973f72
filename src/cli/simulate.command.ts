import { Command, Option } from 'commander';

import type { Settings } from '../config/settings.js';
import { curveOptions, senderKeys, type CurveFlags } from './curve-options.js';
import { parseJobId } from './job-id.js';
import { baseUrl, connectAddress } from './monitor-address.js';
import { numberOption, numberParser } from './number-option.js';
import { runUntilSignal } from './run-until-signal.js';
import { JOB_OUTCOMES, type JobOutcome } from './scenario.js';
import { commandName } from './shell.js';
import { WatchInstructions, watchOptions } from './watch-instructions.js';
import { configuredEndpoint, zeromqOption } from './zeromq-option.js';
import { EXIT_CODES } from './watch-result.js';

interface SimulateFlags extends CurveFlags {
  readonly jobs: number;
  readonly tasks: number;
  readonly rate: number;
  readonly outcome: JobOutcome | 'mixed';
  readonly id?: string;
  readonly delay: number;
  readonly repeat?: number;
  readonly zeromq?: string;
}

const EXAMPLES = `
Examples:
  recodex-monitor simulate
      one job with 20 tasks, 5 messages per second; prints how to watch the job
  recodex-monitor simulate --id demo --outcome failed-tasks
      a job with the id "demo" and some failed tasks
  recodex-monitor simulate --jobs 100 --rate 1000 --outcome mixed --delay 0
      a hundred jobs at the same time
  recodex-monitor simulate --id demo --outcome mixed --repeat 5
      a job that starts again 5 seconds after its end, until Ctrl-C`;

/** The command `simulate`. `load` reads the configuration for a command. */
export function simulateCommand(load: (command: Command) => Settings): Command {
  const [curveKey, curveServer] = curveOptions();
  return new Command('simulate')
    .description('play jobs to a running monitor as the broker would')
    .addOption(numberOption('-j, --jobs <n>', 'number of jobs at the same time', { from: 1, to: 10_000 }, 1))
    .addOption(numberOption('-t, --tasks <n>', 'tasks of each job', { from: 0, to: 100_000 }, 20))
    .addOption(
      numberOption(
        '-r, --rate <n>',
        'messages per second of all jobs',
        { from: 0.01, to: 1_000_000, whole: false },
        5,
      ),
    )
    .addOption(
      new Option('-o, --outcome <outcome>', 'outcome of the jobs')
        .choices([...JOB_OUTCOMES, 'mixed'])
        .default('ok'),
    )
    .addOption(
      new Option(
        '--id <id>',
        'id of the job; several jobs get the ids <id>-1, <id>-2, ... (default: random)',
      ).argParser(parseJobId),
    )
    .addOption(
      numberOption(
        '--delay <seconds>',
        'wait before the first message',
        { from: 0, to: 86_400, whole: false },
        3,
      ),
    )
    .addOption(
      new Option(
        '--repeat <seconds>',
        'play the jobs again this long after their end, until the command is stopped',
      ).argParser(numberParser({ from: 0, to: 86_400, whole: false })),
    )
    .addOption(zeromqOption())
    .addOption(curveKey)
    .addOption(curveServer)
    .addHelpText('after', EXAMPLES)
    .action(async ({ zeromq, ...options }: SimulateFlags, command: Command) => {
      const settings = load(command);
      const curve = senderKeys(options);
      const file = command.optsWithGlobals<{ config?: string }>().config;
      const page = connectAddress(settings.websocket_uri);
      await runUntilSignal(1, async (signal) => {
        const endpoint = zeromq ?? (await configuredEndpoint(settings));
        // Imported here, so that the daemon does not load ZeroMQ in its main thread.
        const { simulate } = await import('./simulate.js');
        const base = page && baseUrl('http', page, settings.tls);
        const instructions = new WatchInstructions(
          commandName(),
          base,
          watchOptions(file, page && baseUrl('ws', page, settings.tls)),
        );
        const print = (line: string): void => void process.stdout.write(`${line}\n`);
        await simulate({ ...options, endpoint, curve, instructions }, print, signal);
        if (signal.aborted) process.exitCode = EXIT_CODES.interrupted;
      });
    });
}
