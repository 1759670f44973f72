import { Argument, Command, InvalidArgumentError, Option } from 'commander';

import type { Settings } from '../config/settings.js';
import { onInterruption } from './interruption.js';
import { jobId } from './job-id.js';
import { numberIn } from './number-option.js';
import { baseUrl, reachable } from './reachable.js';
import { terminalOf } from './terminal.js';
import { EXIT } from './outcome.js';
import { watch } from './watch.js';
import { errorText } from '../text/error-text.js';

interface WatchFlags {
  readonly url?: string;
  readonly expected?: number;
}

const PROTOCOLS = ['ws:', 'wss:', 'http:', 'https:'];

const DETAILS = `
Exit codes:
  0  the job finished
  1  the job failed
  2  it can't be told: the monitor refused, or ended the stream before the job ended, or does not know the
     beginning of the job, or another number of tasks was reported than --expected
  130  interrupted

Examples:
  recodex-monitor watch 3c9a6f0e-8a60-4c5e-9f5e-0d9c0a1f2b3d
  recodex-monitor watch demo --expected 20
      with the number of its tasks, for a bar that fills up
  recodex-monitor watch demo --url https://recodex.example.org/monitor
  recodex-monitor watch demo | grep FAILED
      a line for each message when the output is no terminal`;

/** The verb `watch`. `load` reads the configuration for a command. */
export function watchCommand(load: (command: Command) => Settings): Command {
  return new Command('watch')
    .description('follow a job in the terminal until it ends')
    .addArgument(new Argument('<id>', "the job's id").argParser(jobId))
    .addOption(
      new Option(
        '-u, --url <url>',
        "the monitor's public address (default: websocket_uri of the configuration, else ws://127.0.0.1:4567)",
      ).argParser(url),
    )
    .addOption(
      new Option('-n, --expected <n>', 'how many tasks the job has').argParser(
        numberIn({ from: 1, to: 1e9 }),
      ),
    )
    .addHelpText('after', DETAILS)
    .action(async (id: string, { url: given, expected }: WatchFlags, command: Command) => {
      const settings = load(command);
      const { signal, release } = onInterruption();
      try {
        const options = { id, url: given ?? configuredUrl(settings), expected };
        process.exitCode = await watch(options, terminalOf(process.stdout, process.env), signal);
      } catch (error) {
        process.stderr.write(`error: ${errorText(error)}\n`);
        process.exitCode = EXIT.unknown;
      } finally {
        release();
      }
    });
}

function configuredUrl({ websocket_uri }: Settings): string {
  const address = reachable(websocket_uri);
  if (address) return baseUrl('ws', address);
  throw new Error('websocket_uri has port 0, which stands for any free port: give the real one with --url');
}

function url(text: string): string {
  if (URL.canParse(text) && PROTOCOLS.includes(new URL(text).protocol)) return text;
  throw new InvalidArgumentError(
    'expected an address such as ws://127.0.0.1:4567 or https://example.org/monitor.',
  );
}
