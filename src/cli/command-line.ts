import 'reflect-metadata';
import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { demoCommand } from './demo.command.js';
import { guardOutput } from './output.js';
import { simulateCommand } from './simulate.command.js';
import { refuseArguments, refuseUnknownCommand } from './unknown.js';
import { watchCommand } from './watch.command.js';
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

/** sysexits.h: something was wrong with the configuration, or with the command line. */
const EX_CONFIG = 78;
const EX_USAGE = 64;

const EXAMPLES = `
Examples:
  recodex-monitor demo                                  the monitor and a few jobs, to look at
  recodex-monitor                                       run with the defaults
  recodex-monitor -c /etc/recodex/monitor/config.yml    run as the original does
  recodex-monitor check-config -c config.yml            is the file all right?
  recodex-monitor simulate --outcome mixed --jobs 5     pretend to be a broker
  recodex-monitor watch JOB-ID                          follow a job in the terminal`;

interface ConfigOption {
  config?: string;
}

const program = new Command('recodex-monitor')
  .description('Streams the progress of running ReCodEx jobs to the people who watch them.')
  .version(version())
  .option('-c, --config <file>', 'configuration file (YAML); without one the defaults are used')
  .addHelpText('after', EXAMPLES)
  .exitOverride()
  .configureHelp({ showGlobalOptions: true })
  .helpCommand(false);

const runVerb = program.command('run').description('run the monitor (what happens without a command, too)');

const checkVerb = program
  .command('check-config')
  .description('check a configuration file; lists every problem and exits with 78 if there is one')
  .action((_options, command: Command) => {
    loadAndWarn(command);
    process.stdout.write('The configuration is valid.\n');
  });

const printVerb = program
  .command('print-config')
  .description('print the effective configuration (file, environment, defaults) as YAML')
  .option('--reference', 'print the reference of all keys as Markdown instead')
  .action((options: { reference?: true }, command: Command) => {
    process.stdout.write(options.reference ? configurationReference() : printSettings(loadAndWarn(command)));
  });

for (const verb of [runVerb, checkVerb, printVerb]) refuseArguments(verb);

program.addCommand(simulateCommand(loadAndWarn));
program.addCommand(watchCommand(loadAndWarn));
program.addCommand(demoCommand());

program
  .command('help')
  .description('explain a command')
  .argument('[command]')
  .action((name: string | undefined) => {
    refuseUnknownCommand(program, name);
    const verb = program.commands.find((command) => command.name() === name);
    (verb ?? program).outputHelp();
  });

for (const command of program.commands) command.exitOverride();
// The daemon decides each signal itself; every other command ends as any program does.
program.hook('preAction', (_program, command) => {
  if (command !== program && command.name() !== 'run') releaseSignals();
});

/** Runs the command that the arguments of the process name. */
export async function runCommandLine(exit: ProcessExit): Promise<void> {
  const releaseOutput = guardOutput();
  for (const command of [program, runVerb])
    command.action(() => {
      const configuration = load(command);
      releaseOutput();
      return run(configuration, exit);
    });
  try {
    refuseUnknownCommand(program, program.parseOptions(process.argv.slice(2)).operands[0]);
    await program.parseAsync();
  } catch (error) {
    process.exitCode = report(error);
  }
}

async function run(configuration: Configuration, exit: ProcessExit): Promise<void> {
  // Threads that start later inherit the priority.
  lowerPriority(configuration.settings.priority.niceness);
  // Only here: the other commands start in a fraction of the time without Nest.
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
  const { settings, warnings } = load(command);
  for (const warning of warnings) process.stderr.write(`${warningLine(warning)}\n`);
  return settings;
}

function report(error: unknown): number {
  // Commander has already said what was wrong; --help and --version come here, too.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EX_USAGE;
  process.stderr.write(`${errorText(error)}\n`);
  return error instanceof ConfigError ? EX_CONFIG : 1;
}

function version(): string {
  const manifest = createRequire(import.meta.url)('#manifest') as { version: string };
  return manifest.version;
}
