import { Command, InvalidArgumentError, Option } from 'commander';

import { formatAddress, parseAddress } from '../config/address.js';
import type { Settings } from '../config/settings.js';
import { onInterruption } from './interruption.js';
import { jobId } from './job-id.js';
import { numberIn } from './number-option.js';
import { EXIT } from './outcome.js';
import { baseUrl, endpointOf, reachable } from './reachable.js';
import { OUTCOMES, type Outcome } from './scenario.js';
import { commandName } from './shell.js';
import { WatchGuide, watchOptions } from './watch-guide.js';
import { errorText } from '../text/error-text.js';

interface SimulateFlags {
  readonly jobs: number;
  readonly tasks: number;
  readonly rate: number;
  readonly outcome: Outcome | 'mixed';
  readonly id?: string;
  readonly delay: number;
  readonly zeromq?: string;
}

const EXAMPLES = `
Examples:
  recodex-monitor simulate
      one job of 20 tasks, 5 messages a second; it prints how to watch the job
  recodex-monitor simulate --id demo --outcome failed-tasks
      a job with a name of your choice, of which some tasks fail
  recodex-monitor simulate --jobs 100 --rate 1000 --outcome mixed --delay 0
      a hundred jobs side by side`;

/** The verb `simulate`. `load` reads the configuration for a command. */
export function simulateCommand(load: (command: Command) => Settings): Command {
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
    .addOption(
      new Option(
        '--zeromq <endpoint>',
        "where the monitor takes the broker's messages (default: zeromq_uri of the configuration, else tcp://127.0.0.1:7894)",
      ).argParser(endpoint),
    )
    .addHelpText('after', EXAMPLES)
    .action(async ({ zeromq, ...options }: SimulateFlags, command: Command) => {
      const settings = load(command);
      const file = command.optsWithGlobals<{ config?: string }>().config;
      const page = reachable(settings.websocket_uri);
      const { signal, release } = onInterruption();
      try {
        const target = zeromq ?? (await configuredEndpoint(settings));
        // Only here: the monitor starts without ZeroMQ in its main thread.
        const { simulate } = await import('./simulate.js');
        const guide = new WatchGuide(commandName(), page && baseUrl('http', page), watchOptions(file, page));
        const out = (line: string): void => void process.stdout.write(`${line}\n`);
        await simulate({ ...options, endpoint: target, guide }, out, signal);
        if (signal.aborted) process.exitCode = EXIT.interrupted;
      } catch (error) {
        process.stderr.write(`error: ${errorText(error)}\n`);
        process.exitCode = 1;
      } finally {
        release();
      }
    });
}

async function configuredEndpoint(settings: Settings): Promise<string> {
  const address = reachable(settings.zeromq_uri);
  if (address) return endpointOf(address);
  throw new Error('zeromq_uri has port 0, which stands for any free port: give the real one with --zeromq');
}

function numeric(flags: string, text: string, range: Parameters<typeof numberIn>[0], value: number): Option {
  return new Option(flags, text).argParser(numberIn(range)).default(value);
}

function endpoint(text: string): string {
  const [, transport, rest = text] = /^([a-z]+):\/\/(.*)$/.exec(text) ?? [];
  if (transport !== undefined && transport !== 'tcp') return text;
  const given = parseAddress(rest);
  const address = given && reachable(given);
  if (address) return `tcp://${formatAddress(address)}`;
  throw new InvalidArgumentError('expected an endpoint such as tcp://127.0.0.1:7894.');
}
