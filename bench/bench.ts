import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError, Option } from 'commander';
import { growth } from './growth.js';
import { measureRelay, RELAY_CASES, type RelayCaseName } from './relay.js';
import { chart } from './report/chart.js';
import { growthChart } from './report/growth-chart.js';
import { machine } from './report/machine.js';
import { facts, place, updatePage } from './report/page.js';
import { relayTable } from './report/relay-table.js';
import { createReport } from './report/report.js';
import { soakChart } from './report/soak-chart.js';
import { aligned, table } from './report/table.js';
import { ROOT } from './root.js';
import { runAll } from './runner.js';
import { soak, WARM_UP } from './soak.js';
import { scenarios } from './scenarios/all.js';
import { naive } from './targets/naive.js';
import { nchan } from './targets/nchan.js';
import { ours, oursWithJournal } from './targets/ours.js';
import { missingRedis, redisVersion } from './targets/redis-server.js';
import type { TargetName } from './targets/target.js';

interface Flags {
  readonly scenario?: string[];
  readonly target?: TargetName[];
  readonly quick?: true;
  readonly runs?: number;
  readonly json: string;
  readonly svg: boolean;
  readonly growth?: true;
  readonly relay?: true | RelayCaseName[];
  readonly soak?: number;
}

const TARGETS = [ours, naive, nchan];
/** Measured only when it is named. */
const ON_REQUEST = [oursWithJournal];
const PICTURE = fileURLToPath(new URL('docs/images/bench.svg', ROOT));
const SOAK_PICTURE = fileURLToPath(new URL('docs/images/bench-soak.svg', ROOT));
const GROWTH_PICTURE = fileURLToPath(new URL('docs/images/bench-growth.svg', ROOT));

/** Runs of each scenario. After `REPEAT_SECONDS` no run is repeated. */
const RUNS = 3;
const REPEAT_SECONDS = 300;

const EXAMPLES = `
Targets: ours (dist/main.js), naive (one ws.send per message and client), nchan (when nginx has the module); only when
named: journal (ours with a journal).

Examples:
  npm run bench                                          everything, medians of up to 3 runs, under 6 minutes
  npm run bench -- --quick                               small sizes, one run, under a minute
  npm run bench -- --scenario burst --scenario ingest    two scenarios
  npm run bench -- --target ours --runs 5                only the monitor, five runs
  npm run bench -- --growth                              cost per delivery as channels, clients and history grow, 5 minutes
  npm run bench -- --relay                               an ingest, Redis and up to three edges, 9 minutes
  npm run bench -- --soak 30                             resident memory at 5,000 messages a second for 30 minutes`;

// The files of all servers. Ctrl-C leaves none of them.
const temporary = mkdtempSync(join(tmpdir(), 'recodex-monitor-bench-'));
process.env['TMPDIR'] = temporary;
process.once('exit', () => rmSync(temporary, { recursive: true, force: true, maxRetries: 10 }));
// An `exit` handler stops the servers.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));
// A reader such as `head` may close the output.
process.stdout.on('error', () => process.exit(1));

await new Command('npm run bench --')
  .description(
    'Measures the monitor, a naive relay and nchan. Checks order, loss and close codes of every message.',
  )
  .addOption(
    repeatable(
      '-s, --scenario <name>',
      'run only this one; repeatable',
      scenarios(false).map(({ name }) => name),
    ),
  )
  .addOption(
    repeatable(
      '-t, --target <name>',
      'run only this one; repeatable',
      [...TARGETS, ...ON_REQUEST].map(({ name }) => name),
    ),
  )
  .option('-q, --quick', 'small sizes and one run, as a quick check')
  .option(
    '-r, --runs <n>',
    `runs of each scenario or size; the median counts (default: ${RUNS} if time permits, 1 with --quick)`,
    wholeNumber,
  )
  .option('--json <file>', 'file for the results', fileURLToPath(new URL('bench/results/latest.json', ROOT)))
  .option('--no-svg', 'do not update the pictures and tables in docs/')
  .option('--growth', 'measure how the cost grows, instead of the scenarios')
  .addOption(
    new Option(
      '--relay [cases...]',
      'measure processes that share channels through Redis, instead of the scenarios',
    ).choices(RELAY_CASES),
  )
  .option('--soak <minutes>', 'measure the memory over time, instead of the scenarios', soakMinutes)
  .addHelpText('after', EXAMPLES)
  .action((flags: Flags) => {
    if (flags.soak) return runSoak(flags, flags.soak);
    if (flags.relay) return runRelay(flags);
    return flags.growth ? grow(flags) : compare(flags);
  })
  .parseAsync();

async function compare(flags: Flags): Promise<void> {
  const { quick = false } = flags;
  const limits = {
    runs: flags.runs ?? (quick ? 1 : RUNS),
    repeatSeconds: flags.runs ? Infinity : REPEAT_SECONDS,
  };
  const chosen = flags.target
    ? [...TARGETS, ...ON_REQUEST].filter(({ name }) => flags.target?.includes(name))
    : TARGETS;
  for (const { name, missing } of chosen) if (missing) print(`${name} is skipped: ${missing}`);
  const present = chosen.filter(({ missing }) => !missing);
  const wanted = scenarios(quick).filter(({ name }) => flags.scenario?.includes(name) ?? true);
  const results = await runAll(wanted, present, limits, print);
  const report = createReport(results, chosen, quick);
  print(`\n${table(report)}`);
  write(flags.json, `${JSON.stringify(report, null, 2)}\n`);
  // The documentation shows full sizes, and all scenarios and targets.
  if (flags.svg && !quick && !flags.scenario && !flags.target) {
    write(PICTURE, chart(report));
    updatePage('results', `${facts(report)}\n\n${table(report)}`);
  }
  for (const { scenario, target, what } of report.failures)
    print(`FAILED: ${scenario} on ${target}: ${what}`);
  if (report.failures.some(({ target }) => target === 'ours')) process.exitCode = 1;
}

async function grow(flags: Flags): Promise<void> {
  const { quick = false } = flags;
  const points = await growth(quick, flags.runs ?? (quick ? 1 : RUNS), print);
  const head = ['what grows', 'size', 'CPU us per delivery', 'deliveries/s'];
  const rows = points.map(({ axis, size, cpuUs, rate }) => [
    axis,
    size.toLocaleString('en'),
    cpuUs.toFixed(2),
    Math.round(rate).toLocaleString('en'),
  ]);
  const grown = aligned([head, ...rows]);
  print(`\n${grown}`);
  if (!flags.svg || quick) return;
  write(GROWTH_PICTURE, growthChart(points));
  updatePage('growth', `${place(new Date().toISOString(), machine())}\n\n${grown}`);
}

async function runRelay(flags: Flags): Promise<void> {
  const { quick = false, runs, json, svg } = flags;
  const cases = flags.relay === true ? undefined : flags.relay;
  if (missingRedis) return print(`the relay is skipped: ${missingRedis}`);
  const rows = await measureRelay(cases ?? RELAY_CASES, quick, runs ?? (quick ? 1 : RUNS), print);
  const measured = relayTable(rows, quick);
  print(`\n${measured}`);
  write(
    json,
    `${JSON.stringify({ date: new Date().toISOString(), quick, machine: machine(), rows }, null, 2)}\n`,
  );
  if (svg && !quick && !cases)
    updatePage('relay', `${place(new Date().toISOString(), machine())} ${redisVersion}.\n\n${measured}`);
}

async function runSoak(flags: Flags, minutes: number): Promise<void> {
  const result = await soak(minutes, print);
  write(flags.json, `${JSON.stringify(result, null, 2)}\n`);
  const { samples, messages, deliveries, cpu, deviation } = result;
  if (flags.svg) write(SOAK_PICTURE, soakChart(samples, deviation));
  print(
    `${messages} messages, ${deliveries} deliveries, none lost; ${cpu.toFixed(0)} s of CPU time; ` +
      `after ${WARM_UP} minutes the memory is within ${(100 * deviation).toFixed(1)} % of its median`,
  );
}

function repeatable(flags: string, text: string, choices: readonly string[]): Option {
  const option = new Option(flags, `${text}: ${choices.join(', ')}`);
  return option.argParser((value: string, before: string[] | undefined) => {
    if (!choices.includes(value)) throw new InvalidArgumentError(`expected one of ${choices.join(', ')}.`);
    return [...(before ?? []), value];
  });
}

function soakMinutes(value: string): number {
  const minutes = wholeNumber(value);
  if (minutes > WARM_UP) return minutes;
  throw new InvalidArgumentError(`expected more than the ${WARM_UP} minutes of the warm-up.`);
}

function wholeNumber(value: string): number {
  if (/^[1-9]\d?$/.test(value)) return Number(value);
  throw new InvalidArgumentError('expected a whole number from 1 to 99.');
}

function write(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  print(`wrote ${path}`);
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
