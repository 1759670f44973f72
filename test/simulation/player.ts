import type { JoinStep, Step } from './step.js';
import { LegacyWatcher } from './legacy-watcher.js';
import { LibraryWatcher } from './library-watcher.js';
import type { DiskLoss } from './memory-disk.js';
import type { World } from './world.js';

/** Messages of one batch of a burst, and milliseconds between two batches: more than the monitor's limit of a burst. */
const BATCH = 150;
const BATCH_GAP = 5.5;

/** Milliseconds in which messages reach the connection of a slow client. */
const FILL_TIME = 50;

type LastMomentStep = Extract<Step, { do: 'last moment' }>;

/** Plays the steps of a scenario. A step without its object, such as a watcher that was dropped, does nothing. */
export class Player {
  constructor(
    private readonly world: World,
    /** The window of the clients. */
    private readonly page: EventTarget,
  ) {}

  /** Runs in the process of the outside, except for the parts that belong to other processes. */
  play(step: Step): void {
    const { world } = this;
    switch (step.do) {
      case 'join':
        return this.join(step);
      case 'publish':
        return world.send(step.channel, world.job(step.channel).next(step.count));
      case 'burst':
        return this.burst(step.channel, step.batches);
      case 'last moment':
        return this.publishInTheLastMoment(step);
      case 'finish':
        return world.send(step.channel, world.job(step.channel).finish());
      case 'repeat FINISHED':
        return world.send(step.channel, world.job(step.channel).repeatFinished());
      case 'stop':
        return this.stop(step.down);
      case 'crash':
        return this.crash(step.down, step.loss);
      case 'last words':
        world.send(step.channel, world.job(step.channel).next(1));
        return void world.loop.input(world.outside, step.after, () => this.crash(step.down, step.loss));
      case 'broker restart':
        world.coverage.add('the broker restarts');
        world.broker.disconnect();
        return void world.loop.input(world.outside, step.down, () => world.broker.connect());
      case 'sleep':
        world.coverage.add('the machine sleeps');
        return world.loop.pause(step.milliseconds);
      case 'wake':
        return this.wake(step.event);
      case 'fall behind':
        return this.fallBehind(step.watcher, step.count);
      case 'leave':
      case 'cut':
      case 'cut after':
      case 'half-open':
      case 'read slowly':
      case 'read again':
        return this.disturb(step);
    }
  }

  private join({ watcher, channel, client, loop, from, network: profile }: JoinStep): void {
    const { world } = this;
    const network = world.network(watcher, profile);
    const random = world.randomOfClient(watcher);
    const { truth, coverage } = world;
    const join = (): LibraryWatcher | LegacyWatcher => {
      if (client === 'legacy') return new LegacyWatcher(channel, network, truth, coverage, random);
      if (client !== 'auto' && client !== 'websocket' && client !== 'sse')
        return new LegacyWatcher(channel, network, truth, coverage, random, client);
      const start = from === 'invalid' ? { invalid: true } : this.positionOf(from, channel);
      const id = from === 'invalid' ? '' : channel;
      return new LibraryWatcher(id, network, truth, coverage, { transport: client, loop, ...start }, random);
    };
    world.loop.input(world.clients, 0, () => void world.watchers.set(watcher, join()));
  }

  private positionOf(from: Exclude<JoinStep['from'], 'invalid'>, channel: string) {
    const { watchers, coverage, daemon, settings } = this.world;
    if (from === 'start') return {};
    if (from === 'garbage') return { after: 'no position' };
    if (from === 'beyond' || from === 'edge') {
      const [epoch, end = 0] = daemon?.channels.summary(channel)?.position.split('-') ?? ['none'];
      // The two positions before the oldest message of a trimmed log, and the end of the log.
      const oldest = Number(end) - settings.limits.channel_messages;
      const edge = [oldest, oldest - 1, Number(end)][watchers.size % 3]!;
      coverage.add('a forged position');
      return { after: `${epoch}-${from === 'beyond' ? Number(end) + 1 : Math.max(0, edge)}` };
    }
    const other = watchers.get(from);
    if (!(other instanceof LibraryWatcher) || other.channel !== channel) return {};
    const last = other.list.at(-1);
    if (!last) return {};
    coverage.add('a watcher continues where another one left');
    return { after: `${last.epoch}-${last.seq}`, seen: other.list };
  }

  private burst(channel: string, batches: number): void {
    const { world } = this;
    for (let batch = 0; batch < batches; batch++)
      world.loop.input(world.outside, batch * BATCH_GAP, () =>
        world.send(channel, world.job(channel).tasks(BATCH)),
      );
  }

  // The expiry of a channel and its next message meet, while a burst delays the flush.
  private publishInTheLastMoment({ channel, other, early, afterMessage }: LastMomentStep): void {
    const { loop, outside, sentAt, settings } = this.world;
    const job = this.world.job(channel);
    if (afterMessage) this.world.send(channel, job.tasks(1));
    const seconds = job.finished ? settings.retention.finished : settings.retention.idle;
    const time = (sentAt.get(channel) ?? 0) + seconds * 1000 - early - loop.now;
    if (time < 4 * BATCH_GAP || other === channel) return;
    loop.input(outside, time - 3.5 * BATCH_GAP, () => this.burst(other, 6));
    loop.input(outside, time, () => this.world.send(channel, job.next(1)));
  }

  // The watcher stops to read, until its channel has expired. The first messages fill its connection, so that others
  // can't be written.
  private fallBehind(watcher: number, count: number): void {
    const { watchers, coverage, loop, outside, settings } = this.world;
    const slow = watchers.get(watcher);
    if (!slow) return;
    coverage.add('a client reads slowly');
    slow.network.readSlowly();
    for (const delay of [0, FILL_TIME])
      loop.input(outside, delay, () =>
        this.world.send(slow.channel, this.world.job(slow.channel).tasks(delay === 0 ? count : 1)),
      );
    loop.input(outside, settings.retention.idle * 1000 + 4 * FILL_TIME, () => slow.network.resume());
  }

  private crash(down: number, loss: DiskLoss): void {
    const { world } = this;
    if (!world.daemon) return;
    world.coverage.add('the monitor crashes');
    world.end(world.daemon, down, loss);
  }

  private stop(down: number): void {
    const { world } = this;
    const { daemon } = world;
    if (!daemon || daemon.isStopping) return;
    daemon.isStopping = true;
    world.coverage.add('the monitor stops');
    world.log('monitor: stop');
    world.loop.input(daemon.process, 0, () => daemon.stop(() => world.end(daemon, down)));
  }

  private wake(event: 'online' | 'focus'): void {
    const { world } = this;
    const isAway = [...world.watchers.values()].some(
      (watcher) => watcher instanceof LibraryWatcher && watcher.isWaiting,
    );
    if (event === 'online' && isAway) world.coverage.add('a reconnect after the network is back');
    world.loop.input(world.clients, 0, () => void this.page.dispatchEvent(new Event(event)));
  }

  private disturb(step: Exclude<Extract<Step, { watcher: number }>, { do: 'join' | 'fall behind' }>): void {
    const { watchers, coverage, loop, clients } = this.world;
    const watcher = watchers.get(step.watcher);
    if (!watcher) return;
    const { network } = watcher;
    switch (step.do) {
      case 'leave':
        return void loop.input(clients, 0, () => watcher.leave());
      case 'cut':
        return network.cut();
      case 'cut after':
        return network.cutAfter(step.bytes);
      case 'half-open':
        coverage.add('a half-open link');
        return network.halfOpen(step.direction !== 'to monitor', step.direction !== 'to client');
      case 'read slowly':
        coverage.add('a client reads slowly');
        return network.readSlowly();
      case 'read again':
        return network.resume();
    }
  }
}
