import { Command, Option } from 'commander';

import type { Settings } from '../config/settings.js';
import { errorText } from '../text/error-text.js';
import { curveOptions, senderKeys, type CurveFlags } from './curve-options.js';
import { numberOption } from './number-option.js';
import { runUntilSignal } from './run-until-signal.js';
import { configuredUrl, parseMonitorUrl } from './monitor-url.js';
import { EXIT_CODES } from './watch-result.js';
import { clientToken, tokenFileOption, tokenOption, type TokenFlags } from './token-option.js';
import { configuredEndpoint, zeromqOption } from './zeromq-option.js';

interface VerifyFlags extends CurveFlags, TokenFlags {
  readonly url?: string;
  readonly jobs: number;
  readonly messages: number;
  readonly rate: number;
  readonly watchers: number;
  readonly pause: number;
  readonly maxLatency: number;
  readonly restartTolerant?: true;
  readonly record?: string;
  readonly check?: string[];
  readonly json?: true;
  readonly zeromq?: string;
}

/** Exit codes of `verify`. */
const EXIT_FAULTS = 1;
const EXIT_CANNOT_VERIFY = 2;

/** Bounds of one run: streams that are open at the same time, and messages that they receive together. */
const MAX_STREAMS = 1000;
const MAX_DELIVERIES = 2_000_000;

const DETAILS = `
The jobs have new random ids that begin with "verify-". Each watcher uses another protocol in turn: recodex.v2,
recodex.v1, the protocol of the original, Server-Sent Events, the client library. With a token, which must include the
channels verify-*, no watcher uses the protocol of the original, because that protocol has no tokens.

Exit codes:
  0  each message arrived exactly once and in order
  1  something is wrong; the report says what, and what to do
  2  nothing was verified: no monitor answers at the URL or at the ZeroMQ endpoint, or a file can't be read
  130  interrupted

Examples:
  recodex-monitor verify
      the monitor on 127.0.0.1, without a proxy
  recodex-monitor verify -c /etc/recodex/monitor/config.yml --url https://recodex.example.org/monitor
      through a proxy
  recodex-monitor verify --url https://recodex.example.org/monitor --pause 90
      finds a proxy that closes idle connections
  recodex-monitor verify --check recording.ndjson
      checks what --record has recorded, or another program`;

/** The command `verify`. `load` reads the configuration for a command. */
export function verifyCommand(load: (command: Command) => Settings): Command {
  const [curveKey, curveServer] = curveOptions();
  return new Command('verify')
    .description(
      'publish jobs to a running monitor, watch them through its URL, and report loss, order and latency',
    )
    .addOption(
      new Option(
        '-u, --url <url>',
        "the monitor's public address (default: websocket_uri of the configuration, else http://127.0.0.1:4567)",
      ).argParser(parseMonitorUrl),
    )
    .addOption(numberOption('-j, --jobs <n>', 'number of jobs at the same time', { from: 1, to: 1000 }, 4))
    .addOption(numberOption('-m, --messages <n>', 'messages of each job', { from: 6, to: 100_000 }, 100))
    .addOption(
      numberOption(
        '-r, --rate <n>',
        'messages per second of all jobs',
        { from: 0.1, to: 100_000, whole: false },
        100,
      ),
    )
    .addOption(numberOption('-w, --watchers <n>', 'watchers of each job', { from: 1, to: 1000 }, 5))
    .addOption(
      numberOption(
        '--pause <seconds>',
        'send nothing for this time in the middle of the run',
        { from: 0, to: 3600, whole: false },
        0,
      ),
    )
    .addOption(
      numberOption(
        '--max-latency <seconds>',
        'the first message and half of all messages must arrive within this time',
        { from: 0.001, to: 3600, whole: false },
        0.5,
      ),
    )
    .option(
      '--restart-tolerant',
      'restarts of the monitor are intended: what they cost is shown, and is no fault',
    )
    .option('--record <file>', 'write each received message to a file, as NDJSON')
    .addOption(
      new Option('--check <files...>', 'check recorded NDJSON files instead of a running monitor').conflicts([
        'url',
        'record',
        'zeromq',
        'token',
        'tokenFile',
      ]),
    )
    .option('--json', 'print the report as JSON')
    .addOption(zeromqOption())
    .addOption(curveKey)
    .addOption(curveServer)
    .addOption(tokenOption())
    .addOption(tokenFileOption())
    .addHelpText('after', DETAILS)
    .action(async (flags: VerifyFlags, command: Command) => {
      checkBounds(flags, command);
      const settings = flags.check ? undefined : load(command);
      await runUntilSignal(EXIT_CANNOT_VERIFY, async (signal) => {
        process.exitCode = await verifyWith(flags, settings, signal);
      });
    });
}

async function verifyWith(
  flags: VerifyFlags,
  settings: Settings | undefined,
  signal: AbortSignal,
): Promise<number> {
  // Imported here, so that the daemon does not load ZeroMQ in its main thread.
  const { verify } = await import('./verify/verify.js');
  try {
    const source = settings
      ? {
          ...flags,
          url: flags.url ?? configuredUrl('http', settings),
          curve: senderKeys(flags),
          token: clientToken(flags),
          endpoint: flags.zeromq ?? (await configuredEndpoint(settings)),
        }
      : { files: flags.check! };
    const limits = { tolerant: flags.restartTolerant ?? false, maxLatency: flags.maxLatency * 1000 };
    const note = (line: string): void => void process.stderr.write(`${line}\n`);
    const report = await verify(source, limits, { note, signal });
    process.stdout.write(flags.json ? report.json() : report.text());
    return report.ok ? 0 : EXIT_FAULTS;
  } catch (error) {
    if (!signal.aborted) throw error;
    process.stderr.write(`Interrupted: nothing is verified. ${errorText(error)}\n`);
    return EXIT_CODES.interrupted;
  }
}

function checkBounds({ jobs, messages, watchers }: VerifyFlags, command: Command): void {
  const streams = jobs * watchers;
  const deliveries = streams * messages;
  if (streams > MAX_STREAMS)
    command.error(`error: expected at most ${MAX_STREAMS} streams (--jobs times --watchers), got ${streams}`);
  if (deliveries > MAX_DELIVERIES)
    command.error(
      `error: expected at most ${MAX_DELIVERIES} deliveries (--jobs times --watchers times --messages), got ${deliveries}`,
    );
}
