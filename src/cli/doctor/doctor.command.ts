import { Argument, Command, Option } from 'commander';
import type { Configuration } from '../../config/load.js';
import { ConfigError } from '../../config/problem.js';
import { parseMonitorUrl } from '../monitor-url.js';
import { numberParser } from '../number-option.js';
import { runUntilSignal } from '../run-until-signal.js';
import { clientToken, tokenFileOption, tokenOption, type TokenFlags } from '../token-option.js';
import { EXIT_CODES } from '../watch-result.js';
import type { NamedFinding } from './doctor-report.js';

interface DoctorFlags extends TokenFlags {
  readonly admin?: string;
  readonly idle?: number;
  readonly json?: true;
}

const EXIT_PROBLEMS = 1;
const EXIT_CANNOT_LOOK = 2;
/** Seconds. Longer than the time-outs of all common proxies. */
const LONGEST_IDLE = 3600;

const DETAILS = `
Without a URL the command looks at this machine: configuration, daemon, ports, broker, clock, open files, journal,
certificate. With the URL it also tests the proxy: path, upgrade to a WebSocket, Server-Sent Events, client addresses,
and how long a connection may be silent. The last test takes 25 s by default.

If the monitor wants tokens, the command makes one with the first HS256 key of auth.keys. Otherwise give one that has
the scope admin and the channels verify-*.

Exit codes:
  0  no problem; warnings are possible
  1  something is a problem; the line says what to do
  2  the command could not look, because an option is wrong
  130  interrupted

Examples:
  recodex-monitor doctor -c /etc/recodex/monitor/config.yml
  recodex-monitor doctor -c /etc/recodex/monitor/config.yml https://recodex.example.org/monitor/
  recodex-monitor doctor --admin http://127.0.0.1:4568
      another daemon, without the checks of this machine`;

/** The command `doctor`. `load` reads the configuration for a command, and throws a `ConfigError`. */
export function doctorCommand(load: (command: Command) => Configuration): Command {
  return new Command('doctor')
    .description(
      'look for problems of the configuration, the running monitor and its proxy, and say what to do',
    )
    .addArgument(new Argument('[url]', "the monitor's public address").argParser(parseMonitorUrl))
    .addOption(
      new Option(
        '--admin <url>',
        'address of the admin listener (default: admin_uri of the configuration, else http://127.0.0.1:4568)',
      ).argParser(parseMonitorUrl),
    )
    .addOption(
      new Option(
        '--idle <seconds>',
        'how long a connection without a message must stay open; 0: not tested (default: heartbeat.interval + 5)',
      ).argParser(numberParser({ from: 0, to: LONGEST_IDLE })),
    )
    .option('--json', 'print the findings as JSON')
    .addOption(tokenOption())
    .addOption(tokenFileOption())
    .addHelpText('after', DETAILS)
    .action(async (url: string | undefined, flags: DoctorFlags, command: Command) => {
      const configuration = loadOrError(load, command);
      await runUntilSignal(EXIT_CANNOT_LOOK, async (signal) => {
        const options = { configuration, url, admin: flags.admin?.replace(/^ws/, 'http'), idle: flags.idle };
        process.exitCode = await report(
          { ...options, token: clientToken(flags) },
          flags.json ?? false,
          signal,
        );
      });
    });
}

async function report(
  options: Parameters<typeof import('./doctor.js').diagnose>[0],
  json: boolean,
  signal: AbortSignal,
): Promise<number> {
  // Imported here: other commands start faster without it.
  const { diagnose } = await import('./doctor.js');
  const { conclusion, findingsJson, findingText, isHealthy } = await import('./doctor-report.js');
  const findings: NamedFinding[] = [];
  const add = (finding: NamedFinding): void => {
    findings.push(finding);
    if (!json) process.stdout.write(findingText(finding));
  };
  try {
    await diagnose(options, add, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    process.stderr.write('Interrupted.\n');
    return EXIT_CODES.interrupted;
  }
  process.stdout.write(json ? findingsJson(findings) : conclusion(findings));
  return isHealthy(findings) ? 0 : EXIT_PROBLEMS;
}

function loadOrError(
  load: (command: Command) => Configuration,
  command: Command,
): Configuration | ConfigError {
  try {
    return load(command);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}
