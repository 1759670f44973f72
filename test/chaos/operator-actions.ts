import { existsSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ChaosDaemon } from './chaos-daemon.js';
import type { SeededRandom } from './seeded-random.js';

/** What an operator does to the daemon. */
export interface OperatorAction {
  readonly name: string;
  /**
   * Messages on their way are lost, and without a journal the daemon forgets all logs. `graceful`: only messages that are
   * on the wire when the connection ends. `handover`: messages that the process had not passed on to the next one, which
   * knows all logs.
   */
  readonly loss: 'none' | 'graceful' | 'handover' | 'crash';
  /** How often the action is chosen, compared with the others. */
  readonly weight: number;
  /** Resolves when the daemon is ready again. */
  readonly run: (daemon: ChaosDaemon, random: SeededRandom) => Promise<void>;
}

/** Milliseconds that a daemon is away. The broker keeps at least 501 messages meanwhile. */
const MAX_AWAY_MS = 300;
const MAX_STOPPED_MS = 1500;
const MAX_UNWRITABLE_MS = 1500;
/** Milliseconds that a disk may be full. The journal is tried again after 5 s. */
const MAX_FULL_MS = 7000;

export const OPERATOR_ACTIONS: readonly OperatorAction[] = [
  {
    name: 'restart',
    loss: 'graceful',
    weight: 2,
    run: async (daemon) => {
      await daemon.stop();
      await daemon.start();
    },
  },
  {
    name: 'kill -9',
    loss: 'crash',
    weight: 2,
    run: async (daemon, random) => {
      await daemon.end('SIGKILL');
      await sleep(random.between(0, MAX_AWAY_MS));
      await daemon.start();
    },
  },
  {
    name: 'kill -9 during the stop',
    loss: 'crash',
    weight: 1,
    run: async (daemon, random) => {
      const stopped = daemon.end('SIGTERM');
      await sleep(random.between(0, MAX_AWAY_MS));
      await daemon.end('SIGKILL');
      await stopped;
      await daemon.start();
    },
  },
  {
    name: 'stop and continue',
    loss: 'none',
    weight: 3,
    run: async (daemon, random) => {
      daemon.signal('SIGSTOP');
      await sleep(random.between(50, MAX_STOPPED_MS));
      daemon.signal('SIGCONT');
    },
  },
  {
    name: 'log file on a full disk',
    loss: 'none',
    weight: 2,
    run: async (daemon, random) => {
      const saved = `${daemon.logFile}.saved`;
      if (existsSync(daemon.logFile)) renameSync(daemon.logFile, saved);
      symlinkSync('/dev/full', daemon.logFile);
      daemon.signal('SIGHUP');
      await sleep(random.between(50, MAX_UNWRITABLE_MS));
      rmSync(daemon.logFile);
      if (existsSync(saved)) renameSync(saved, daemon.logFile);
      daemon.signal('SIGHUP');
    },
  },
  {
    name: 'full disk',
    loss: 'none',
    weight: 2,
    run: async (daemon, random) => {
      daemon.fillDisk();
      await sleep(random.between(50, MAX_FULL_MS));
      daemon.freeDisk();
      await daemon.untilJournalWritten();
    },
  },
  {
    name: 'kill -9 with a full disk',
    loss: 'crash',
    weight: 1,
    run: async (daemon, random) => {
      daemon.fillDisk();
      await sleep(random.between(50, MAX_FULL_MS));
      await daemon.end('SIGKILL');
      await daemon.start();
    },
  },
  {
    name: 'replace the program, restart later',
    loss: 'graceful',
    weight: 1,
    run: async (daemon, random) => {
      daemon.replaceProgram();
      await sleep(random.between(0, MAX_UNWRITABLE_MS));
      await daemon.stop();
      await daemon.start();
    },
  },
];

/** Chooses an action by weight. @param names only these; all without names */
export function chooseAction(random: SeededRandom, names?: readonly string[]): OperatorAction {
  const chosen = OPERATOR_ACTIONS.filter(({ name }) => !names || names.includes(name));
  return random.pick(chosen.flatMap((action) => Array.from({ length: action.weight }, () => action)));
}
