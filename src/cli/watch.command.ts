import { Argument, Command, Option } from 'commander';

import type { Settings } from '../config/settings.js';
import { parseJobId } from './job-id.js';
import { numberParser } from './number-option.js';
import { runUntilSignal } from './run-until-signal.js';
import { configuredUrl, parseMonitorUrl } from './monitor-url.js';
import { terminalOf } from './terminal.js';
import { clientToken, tokenFileOption, tokenOption, type TokenFlags } from './token-option.js';
import { watchJob } from './watch-job.js';
import { EXIT_CODES } from './watch-result.js';

interface WatchFlags extends TokenFlags {
  readonly url?: string;
  readonly expected?: number;
}

const DETAILS = `
Exit codes:
  0  the job finished
  1  the job failed
  2  unknown: the monitor refused, or ended the stream before the job ended, or missed a part of
     the job, or the number of reported tasks is not the number given with --expected
  130  interrupted

Examples:
  recodex-monitor watch 3c9a6f0e-8a60-4c5e-9f5e-0d9c0a1f2b3d
  recodex-monitor watch demo --expected 20
      with the number of tasks, for a progress bar
  recodex-monitor watch demo --url https://recodex.example.org/monitor
  RECODEX_MONITOR_TOKEN=$(cat token) recodex-monitor watch demo
      with a token, for a monitor with access control
  recodex-monitor watch demo | grep FAILED
      prints one line per message when the output is not a terminal`;

/** The command `watch`. `load` reads the configuration for a command. */
export function watchCommand(load: (command: Command) => Settings): Command {
  return new Command('watch')
    .description('follow a job in the terminal until it ends')
    .addArgument(new Argument('<id>', 'id of the job').argParser(parseJobId))
    .addOption(
      new Option(
        '-u, --url <url>',
        "the monitor's public address (default: websocket_uri of the configuration, else ws://127.0.0.1:4567)",
      ).argParser(parseMonitorUrl),
    )
    .addOption(
      new Option('-n, --expected <n>', 'number of tasks of the job').argParser(
        numberParser({ from: 1, to: 1e9 }),
      ),
    )
    .addOption(tokenOption())
    .addOption(tokenFileOption())
    .addHelpText('after', DETAILS)
    .action(async (id: string, { url, expected, ...flags }: WatchFlags, command: Command) => {
      const settings = load(command);
      await runUntilSignal(EXIT_CODES.unknown, async (signal) => {
        const token = clientToken(flags);
        const options = { id, url: url ?? configuredUrl('ws', settings), expected, token };
        process.exitCode = await watchJob(options, terminalOf(process.stdout, process.env), signal);
      });
    });
}
