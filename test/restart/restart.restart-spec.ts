import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BuiltDaemon, freePorts, type Ports } from '../fixtures/built-daemon.js';
import { MuteClient } from '../fixtures/mute-client.js';
import { PacingBroker } from './pacing-broker.js';
import { returningClients, type ReturningClient } from './returning-client.js';

const RESTARTS = 5;

/** Messages that the broker surely keeps for an absent monitor; it drops what exceeds 501 to 1,000 of them. */
const KEPT = 450;

/** Messages between two restarts. */
const BETWEEN = 50;

/** Milliseconds after which a client that still waits counts as one that waits for ever. */
const PATIENCE = 5000;

let ports: Ports;
let daemon: BuiltDaemon;
let broker: PacingBroker;
let clients: ReturningClient[];

beforeEach(async () => {
  ports = await freePorts();
  daemon = await BuiltDaemon.start(ports).untilReady();
  broker = new PacingBroker();
  await broker.connect(`tcp://127.0.0.1:${ports.zeromq}`);
  clients = [];
});

afterEach(() => {
  for (const client of clients) client.close();
  broker.close();
  daemon.child.kill('SIGKILL');
});

describe.each([100, 300])('a restart at %i messages a second', (rate) => {
  it('loses at most one message on average, and ends within a second beside a client that does not answer', async () => {
    clients = returningClients(ports, 'job');
    broker.start('job', rate);
    await seenByAll(BETWEEN);
    const stops: number[] = [];
    const lost: number[] = [];
    // On a machine so slow that the broker itself may drop messages, a restart proves nothing.
    for (let tries = 0; stops.length < RESTARTS && tries < 3 * RESTARTS; tries++) {
      const mute = new MuteClient(ports.websocket, '/channels/job');
      await mute.connect();
      const first = broker.sent;
      const stop = await daemon.stop();
      daemon = await BuiltDaemon.start(ports).untilReady();
      const away = broker.sent - first;
      await seenByAll(broker.sent + BETWEEN);
      mute.close();
      if (away > KEPT) continue;
      stops.push(stop);
      lost.push(Math.max(...clients.map(({ seen }) => missing(seen, first, broker.sent - BETWEEN))));
    }
    await broker.stop();
    expect(stops).toHaveLength(RESTARTS);
    // A message on the wire is lost when the link ends. A busy machine may delay the end by some messages, once.
    expect(lost.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(RESTARTS);
    expect(stops.toSorted((a, b) => a - b)[RESTARTS >> 1]).toBeLessThan(1000);
  });
});

it('lets every watcher of a job that finishes during the stop see its end', async () => {
  for (let restart = 0; restart < RESTARTS; restart++) {
    const jobs = [0, 10, 40, 80, 200].map((delay) => {
      const id = `job-${restart}-${delay}`;
      return { id, delay, watchers: returningClients(ports, id) };
    });
    clients.push(...jobs.flatMap(({ watchers }) => watchers));
    for (const { id } of jobs) await broker.send(id, 'TASK', '0', 'COMPLETED');
    await until(() => clients.every(({ seen }) => seen.has(0)));
    const stopped = daemon.stop();
    for (const { id, delay } of jobs)
      setTimeout(() => void broker.send(id, 'FINISHED').catch(() => {}), delay);
    await stopped;
    daemon = await BuiltDaemon.start(ports).untilReady();
    const left = (await Promise.all(jobs.map(({ watchers }) => stillOpen(watchers)))).filter(Boolean);
    // A FINISHED on the wire is lost when the link ends. Any other one reaches all watchers.
    expect(left.length).toBeLessThanOrEqual(1);
    expect([[], [4]]).toContainEqual(left);
  }
});

/** How many clients have not ended after a while. */
async function stillOpen(watchers: readonly ReturningClient[]): Promise<number> {
  const open = new Set(watchers);
  const ended = watchers.map((client) => client.ended.then(() => open.delete(client)));
  await Promise.race([Promise.all(ended), new Promise((resolve) => setTimeout(resolve, PATIENCE))]);
  return open.size;
}

/** Waits until every client has seen a task from `number` on. */
function seenByAll(number: number): Promise<void> {
  return until(() => clients.every(({ seen }) => Math.max(-1, ...seen) >= number));
}

async function until(look: () => boolean): Promise<void> {
  while (!look()) await new Promise((resolve) => setTimeout(resolve, 10));
}

function missing(seen: ReadonlySet<number>, from: number, to: number): number {
  let count = 0;
  for (let number = from; number < to; number++) if (!seen.has(number)) count++;
  return count;
}
