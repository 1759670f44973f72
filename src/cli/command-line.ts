import 'reflect-metadata';
import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { completionCommand } from './completion/completion.command.js';
import { curveKeysCommand } from './curve-keys.command.js';
import { demoCommand } from './demo.command.js';
import { journalCommand } from './journal.command.js';
import { doctorCommand } from './doctor/doctor.command.js';
import { handleOutputErrors } from './output-errors.js';
import { simulateCommand } from './simulate.command.js';
import { verifyCommand } from './verify.command.js';
import { rejectArguments, rejectUnknownCommand } from './command-errors.js';
import { tokenCommand } from './token/token.command.js';
import { watchCommand } from './watch.command.js';
import { checkFiles } from '../config/check-files.js';
import { KeySet } from '../auth/key-set.js';
import { configurationReference } from '../config/reference.js';
import { type Configuration, loadSettings } from '../config/load.js';
import { printSettings } from '../config/print.js';
import { ConfigError } from '../config/problem.js';
import type { Settings } from '../config/settings.js';
import { warningLine } from '../config/warning.js';
import type { ProcessExit } from '../process/exit.js';
import { lowerPriority } from '../process/priority.js';
import { releaseSignals } from '../process/signals.js';
import { errorText } from '../text/error-text.js';

/** Exit codes of sysexits.h for an invalid configuration and an invalid command line. */
const EX_CONFIG = 78;
const EX_USAGE = 64;

const EXAMPLES = `
Examples:
  recodex-monitor demo                                  run the monitor with example jobs
  recodex-monitor                                       run with default settings
  recodex-monitor -c /etc/recodex/monitor/config.yml    run with a configuration file
  recodex-monitor check-config -c config.yml            check a configuration file
  recodex-monitor simulate --outcome mixed --jobs 5     play jobs to a running monitor
  recodex-monitor watch JOB-ID                          follow a job in the terminal
  recodex-monitor verify --url https://example.org/m    test a running monitor through its proxy
  recodex-monitor doctor https://example.org/m          look for problems, and say what to do
  recodex-monitor journal inspect PATH                  list the channels in a journal
  recodex-monitor curve-keys --out FOLDER               make keys that encrypt the ZeroMQ port
  recodex-monitor token make --channel ID -c FILE       make a token for one channel`;

interface ConfigOption {
  config?: string;
}

const program = new Command('recodex-monitor')
  .description('Streams the progress of running ReCodEx jobs to the people who watch them.')
  .version(version())
  .option('-c, --config <file>', 'configuration file (YAML); the default settings apply without one')
  .addHelpText('after', EXAMPLES)
  .exitOverride()
  .configureHelp({ showGlobalOptions: true })
  .helpCommand(false);

const runCommand = program.command('run').description('run the monitor (the default command)');

const checkCommand = program
  .command('check-config')
  .description('check the configuration; lists all problems, and exits with 78 if there is one')
  .action(async (_options, command: Command) => {
    await checkAllFiles(loadConfigurationAndWarn(command));
    process.stdout.write('The configuration is valid.\n');
  });

const printCommand = program
  .command('print-config')
  .description('print the effective configuration as YAML: file, environment variables, defaults')
  .option('--reference', 'print the reference of all keys as Markdown instead')
  .action((options: { reference?: true }, command: Command) => {
    process.stdout.write(options.reference ? configurationReference() : printSettings(loadAndWarn(command)));
  });

for (const command of [runCommand, checkCommand, printCommand]) rejectArguments(command);

program.addCommand(simulateCommand(loadAndWarn));
program.addCommand(watchCommand(loadAndWarn));
program.addCommand(verifyCommand(loadAndWarn));
program.addCommand(doctorCommand(load));
program.addCommand(demoCommand());
program.addCommand(journalCommand());
program.addCommand(curveKeysCommand());
program.addCommand(tokenCommand(loadConfigurationAndWarn));
program.addCommand(completionCommand(program));

program
  .command('help')
  .description('show the help of a command')
  .argument('[command]')
  .action((name: string | undefined) => {
    rejectUnknownCommand(program, name);
    const named = program.commands.find((command) => command.name() === name);
    (named ?? program).outputHelp();
  });

for (const command of program.commands) command.exitOverride();
// The daemon handles each signal. Other commands keep the default action of signals.
program.hook('preAction', (_program, command) => {
  if (command !== program && command.name() !== 'run') releaseSignals();
});

/** Runs the command that the arguments of the process name. */
export async function runCommandLine(exit: ProcessExit): Promise<void> {
  const releaseOutput = handleOutputErrors();
  for (const command of [program, runCommand])
    command.action(async () => {
      const configuration = load(command);
      await checkAllFiles(configuration);
      releaseOutput();
      return run(configuration, exit);
    });
  try {
    rejectUnknownCommand(program, program.parseOptions(process.argv.slice(2)).operands[0]);
    await program.parseAsync();
  } catch (error) {
    process.exitCode = report(error);
  }
}

async function run(configuration: Configuration, exit: ProcessExit): Promise<void> {
  // Threads that start later inherit the priority.
  lowerPriority(configuration.settings.priority.niceness);
  // Imported here: other commands start much faster without Nest.
  const { runDaemon } = await import('../app/daemon.js');
  try {
    await runDaemon({ ...configuration, version: version() }, exit);
  } catch (error) {
    await exit.soon(report(error));
  }
}

function load(command: Command): Configuration {
  return loadSettings(command.optsWithGlobals<ConfigOption>().config, process.env);
}

function loadAndWarn(command: Command): Settings {
  return loadConfigurationAndWarn(command).settings;
}

function loadConfigurationAndWarn(command: Command): Configuration {
  const configuration = load(command);
  for (const warning of configuration.warnings) process.stderr.write(`${warningLine(warning)}\n`);
  return configuration;
}

/** Rejects with a `ConfigError` if a file is wrong. Only the user of the daemon may be permitted to read the files. */
async function checkAllFiles(configuration: Configuration): Promise<void> {
  await checkFiles(configuration);
  const { settings, file } = configuration;
  KeySet.load(settings.auth.keys, file ?? 'environment');
}

function report(error: unknown): number {
  // Commander has already printed the error. --help and --version throw with exit code 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EX_USAGE;
  process.stderr.write(`${errorText(error)}\n`);
  return error instanceof ConfigError ? EX_CONFIG : 1;
}

function version(): string {
  const manifest = createRequire(import.meta.url)('#manifest') as { version: string };
  return manifest.version;
}
