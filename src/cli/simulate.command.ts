import { Command, InvalidArgumentError, Option } from 'commander';

import { onInterruption } from './interruption.js';
import { numberIn } from './number-option.js';
import { OUTCOMES, type Outcome } from './scenario.js';
import { EXIT } from './watch.js';

interface SimulateFlags {
  readonly jobs: number;
  readonly tasks: number;
  readonly rate: number;
  readonly outcome: Outcome | 'mixed';
  readonly id?: string;
  readonly delay: number;
  readonly zeromq: string;
}

const EXAMPLES = `
Examples:
  recodex-monitor simulate
      one job of 20 tasks, 5 messages a second; it prints the command to watch it
  recodex-monitor simulate --id demo --outcome failed-tasks
      a job with a name of your choice, of which some tasks fail
  recodex-monitor simulate --jobs 100 --rate 1000 --outcome mixed --delay 0
      a hundred jobs side by side`;

/** The verb `simulate`. */
export function simulateCommand(): Command {
  return new Command('simulate')
    .description('play jobs to a running monitor, as the broker would')
    .addOption(numeric('-j, --jobs <n>', 'jobs, side by side', { from: 1, to: 10_000 }, 1))
    .addOption(numeric('-t, --tasks <n>', 'tasks of each job', { from: 0, to: 100_000 }, 20))
    .addOption(
      numeric('-r, --rate <n>', 'messages a second, in all', { from: 0.01, to: 1_000_000, whole: false }, 5),
    )
    .addOption(
      new Option('-o, --outcome <outcome>', 'how the jobs go').choices([...OUTCOMES, 'mixed']).default('ok'),
    )
    .addOption(
      new Option(
        '--id <id>',
        'id of the job; of several jobs <id>-1, <id>-2, ... (default: random)',
      ).argParser(jobId),
    )
    .addOption(
      numeric('--delay <seconds>', 'wait before the first message', { from: 0, to: 86_400, whole: false }, 3),
    )
    .addOption(new Option('--zeromq <endpoint>', "the monitor's zeromq_uri").default('tcp://127.0.0.1:7894'))
    .addHelpText('after', EXAMPLES)
    .action(async (flags: SimulateFlags) => {
      const { signal, release } = onInterruption();
      try {
        // Only here: the monitor starts without ZeroMQ in its main thread.
        const { simulate } = await import('./simulate.js');
        const { zeromq: endpoint, ...rest } = flags;
        await simulate({ ...rest, endpoint }, (line) => void process.stdout.write(`${line}\n`), signal);
        if (signal.aborted) process.exitCode = EXIT.interrupted;
      } catch (error) {
        process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
        process.exitCode = 1;
      } finally {
        release();
      }
    });
}

function numeric(flags: string, text: string, range: Parameters<typeof numberIn>[0], value: number): Option {
  return new Option(flags, text).argParser(numberIn(range)).default(value);
}

function jobId(text: string): string {
  if (text === '') throw new InvalidArgumentError('expected a job id that is not empty.');
  return text;
}
