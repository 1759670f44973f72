import { setMaxListeners } from 'node:events';
import { Coverage } from './coverage.js';
import { Player } from './player.js';
import { randomFor } from './random.js';
import type { Scenario } from './scenario.js';
import { installVirtualGlobals } from './virtual-globals.js';
import { World } from './world.js';

/** What a run has shown. */
export interface Outcome {
  /** The first thing that was wrong. */
  readonly failure: string | undefined;
  /** Everything that happened, in order. Two runs of one scenario have the same lines. */
  readonly lines: readonly string[];
}

/** The part of the random numbers that the program itself takes. */
const PROGRAM_PART = 3;

/** Milliseconds between two attempts to end the streams, and the number of attempts. */
const ROUND = 15_000;
const ROUNDS = 40;

/** Milliseconds that a stop may take; see `shutdown.deadline`. */
const STOP_TIMEOUT = 10_000;

/** Plays a scenario to its end, and checks it. */
export async function simulate(scenario: Scenario, coverage: Coverage): Promise<Outcome> {
  const world = new World(scenario, coverage);
  const page = new EventTarget();
  // All watchers listen to the one window.
  setMaxListeners(0, page);
  const restore = installVirtualGlobals(world.loop, randomFor(scenario.seed, PROGRAM_PART), page);
  try {
    await play(world, new Player(world, page), scenario);
  } catch (error) {
    world.truth.fail(`the simulation failed: ${(error as Error).stack}`);
  } finally {
    restore();
  }
  return { failure: world.truth.failure, lines: world.lines };
}

async function play(world: World, player: Player, { steps }: Scenario): Promise<void> {
  world.start(0);
  for (const step of steps) {
    await world.run(step.at);
    if (world.truth.failure) return;
    world.log(`step ${step.do}`);
    await world.loop.runAs(world.outside, () => player.play(step));
  }
  await endAllStreams(world);
  await endMonitor(world);
}

// The network heals, the limits rise, and each job ends until each watcher has seen an end.
async function endAllStreams(world: World): Promise<void> {
  const { settings, truth, watchers } = world;
  await world.run(world.loop.now + 1000);
  world.log('the network heals');
  Object.assign(settings.limits, { connections: 1000, channels: 1000, total_bytes: 1_000_000_000, lag: 30 });
  Object.assign(settings.retention, { finished: 300, idle: 3600 });
  for (const { network } of watchers.values()) network.heal();
  const open = (): (typeof watchers extends Map<number, infer W> ? W : never)[] =>
    [...watchers.values()].filter(({ over }) => !over);
  for (let round = 0; round < ROUNDS && open().length > 0; round++) {
    for (const channel of new Set(open().map((watcher) => watcher.channel)))
      await world.loop.runAs(world.outside, () => world.send(channel, world.job(channel).finish()));
    await world.run(world.loop.now + ROUND);
    if (truth.failure) return;
  }
  for (const { name, channel } of open()) truth.fail(`${name} of ${channel} got no end`);
  if (world.loop.pending(world.clients) > 0) truth.fail('a client has a timer after the end of all streams');
}

async function endMonitor(world: World): Promise<void> {
  const { loop, truth } = world;
  const { daemon } = world;
  if (truth.failure || !daemon) return;
  let stopped = false;
  await loop.runAs(daemon.process, () => daemon.stop(() => (stopped = true)));
  await world.run(loop.now + STOP_TIMEOUT);
  daemon.addTo(world.coverage);
  if (!stopped) truth.fail('the monitor did not stop');
  if (daemon.connections.size > 0) truth.fail(`${daemon.connections.size} connections outlive the monitor`);
  if (daemon.channels.size.channels > 0) truth.fail('channels outlive the monitor');
}
