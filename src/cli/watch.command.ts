import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { channelUrl } from 'recodex-monitor/client';

import { onInterruption } from './interruption.js';
import { numberIn } from './number-option.js';
import { terminalOf } from './terminal.js';
import { EXIT, watch } from './watch.js';

interface WatchFlags {
  readonly url: string;
  readonly expected?: number;
}

const PROTOCOLS = ['ws:', 'wss:', 'http:', 'https:'];

const DETAILS = `
Exit codes:
  0  the job finished
  1  the job failed
  2  it can't be told: the monitor refused, or ended the stream before the job ended
  130  interrupted

Examples:
  recodex-monitor watch 3c9a6f0e-8a60-4c5e-9f5e-0d9c0a1f2b3d
  recodex-monitor watch demo --expected 20
      with the number of its tasks, for a bar that fills up
  recodex-monitor watch demo --url https://recodex.example.org/monitor
  recodex-monitor watch demo | grep FAILED
      a line for each message when the output is no terminal`;

/** The verb `watch`. */
export function watchCommand(): Command {
  return new Command('watch')
    .description('follow a job in the terminal until it ends')
    .addArgument(new Argument('<id>', "the job's id").argParser(jobId))
    .addOption(
      new Option('-u, --url <url>', "the monitor's address").argParser(url).default('ws://127.0.0.1:4567'),
    )
    .addOption(
      new Option('-n, --expected <n>', 'how many tasks the job has').argParser(
        numberIn({ from: 1, to: 1e9 }),
      ),
    )
    .addHelpText('after', DETAILS)
    .action(async (id: string, flags: WatchFlags) => {
      const { signal, release } = onInterruption();
      try {
        process.exitCode = await watch({ id, ...flags }, terminalOf(process.stdout, process.env), signal);
      } catch (error) {
        process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
        process.exitCode = EXIT.unknown;
      } finally {
        release();
      }
    });
}

function jobId(text: string): string {
  if (text === '') throw new InvalidArgumentError('expected a job id that is not empty.');
  try {
    channelUrl('ws://localhost', text);
  } catch {
    throw new InvalidArgumentError('expected a job id that can stand in a URL.');
  }
  return text;
}

function url(text: string): string {
  if (URL.canParse(text) && PROTOCOLS.includes(new URL(text).protocol)) return text;
  throw new InvalidArgumentError(
    'expected an address such as ws://127.0.0.1:4567 or https://example.org/monitor.',
  );
}
