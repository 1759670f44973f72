import { Argument, Command, Option } from 'commander';

import type { Settings } from '../config/settings.js';
import { errorText } from '../text/error-text.js';
import { durationParser } from './duration.js';
import { numberParser } from './number-option.js';
import { runUntilSignal } from './run-until-signal.js';
import { configuredUrl, parseMonitorUrl } from './monitor-url.js';
import { terminalOf } from './terminal.js';
import { clientToken, tokenFileOption, tokenOption, type TokenFlags } from './token-option.js';
import { watchJob } from './watch-job.js';
import { EXIT_CODES } from './watch-result.js';
import { parseWatchedJob, type WatchedJob } from './watch-target.js';

interface WatchFlags extends TokenFlags {
  readonly url?: string;
  readonly expected?: number;
  readonly exitStatus?: true;
  readonly timeout?: number;
  readonly json?: true;
}

/** A longer timeout would exceed what a timer can wait. */
const LONGEST_TIMEOUT_DAYS = 24;

const DETAILS = `
Exit codes:
  0  the job finished
  1  the job failed
  2  unknown: the monitor refused, or ended the stream before the job ended, or missed a part of
     the job, or the number of reported tasks is not the number given with --expected
  3  the job finished, and tasks of it failed (only with --exit-status)
  124  the time of --timeout is over
  130  interrupted

Examples:
  recodex-monitor watch 3c9a6f0e-8a60-4c5e-9f5e-0d9c0a1f2b3d
  recodex-monitor watch demo --expected 20
      with the number of tasks, for a progress bar
  recodex-monitor watch demo --url https://recodex.example.org/monitor
  recodex-monitor watch 'https://recodex.example.org/monitor/channels/demo?expected=20'
      with the URL of the job's page
  recodex-monitor watch demo --exit-status --timeout 15m && echo all tasks completed
  recodex-monitor watch demo --json | jq -r 'select(.task_state == "FAILED").task_id'
  RECODEX_MONITOR_TOKEN=$(cat token) recodex-monitor watch demo
      with a token, for a monitor with access control
  recodex-monitor watch demo | grep FAILED
      prints one line per message when the output is not a terminal`;

/** The command `watch`. `load` reads the configuration for a command. */
export function watchCommand(load: (command: Command) => Settings): Command {
  return new Command('watch')
    .description('follow a job in the terminal until it ends')
    .addArgument(new Argument('<job>', "id of the job, or the URL of the job's page"))
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
    .option('--exit-status', 'exit with 3 when tasks of the job have failed')
    .addOption(
      new Option('--timeout <duration>', 'stop after this time: 90s, 15m, 1h').argParser(
        durationParser(LONGEST_TIMEOUT_DAYS),
      ),
    )
    .option('--json', 'print one JSON object per line')
    .addOption(tokenOption())
    .addOption(tokenFileOption())
    .addHelpText('after', DETAILS)
    .action(async (text: string, { url, ...flags }: WatchFlags, command: Command) => {
      const job = jobOf(text, command);
      if (url !== undefined && job.base !== undefined)
        command.error("error: expected a job id with --url, got the URL of a job's page");
      const settings = load(command);
      await runUntilSignal(EXIT_CODES.unknown, async (signal) => {
        const options = {
          ...flags,
          id: job.id,
          url: url ?? job.base ?? configuredUrl('ws', settings),
          after: job.after,
          expected: flags.expected ?? job.expected,
          token: clientToken({ ...flags, urlToken: job.token }),
        };
        process.exitCode = await watchJob(options, terminalOf(process.stdout, process.env), signal);
      });
    });
}

// Commander would print the argument, and with it the token of a URL.
function jobOf(text: string, command: Command): WatchedJob {
  try {
    return parseWatchedJob(text);
  } catch (error) {
    return command.error(`error: ${errorText(error)}`, { code: 'commander.invalidArgument' });
  }
}
