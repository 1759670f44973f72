import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { FakeBroker } from '../fixtures/fake-broker.js';
import { TestClient } from '../fixtures/test-client.js';
import { Daemon } from './daemon.js';

/** Seconds. Longer than each tested timeout: a request head may take 10 s. */
const PAUSE = 12;

let daemon: Daemon;

afterEach(() => daemon.kill());

it('a pause of the daemon does not count as inactivity of its clients', async () => {
  daemon = await Daemon.start({ settings: { HEARTBEAT_INTERVAL: '1', LIMITS_SUBSCRIBE_TIMEOUT: '5' } });
  const broker = await FakeBroker.connect(daemon.zeromq);
  const watching = await Promise.all(
    Array.from({ length: 20 }, () => new TestClient(`${daemon.ws}/channels/job`).opened()),
  );
  await Promise.all(watching.map(({ socket }) => once(socket, 'ping')));
  const naming = await new TestClient(daemon.ws).opened();
  const asking = connect(daemon.publicPort, '127.0.0.1');
  asking.write('GET /health/live HTTP/1.1\r\n');
  await broker.send('job', 'STARTED');
  await Promise.all(watching.map((client) => client.received(1)));

  daemon.kill('SIGSTOP');
  naming.socket.send('job');
  asking.write('Host: x\r\nConnection: close\r\n\r\n');
  await setTimeout(PAUSE * 1000);
  daemon.kill('SIGCONT');

  const [answer] = (await once(asking, 'data')) as [Buffer];
  expect(answer.toString()).toContain('200 OK');
  expect(await naming.received(1)).toEqual(['{"command": "STARTED"}']);
  await broker.send('job', 'FINISHED');
  for (const client of watching) expect(await client.closed).toEqual({ code: 1000, reason: 'finished' });
  expect(await naming.closed).toEqual({ code: 1000, reason: '' });
  broker.close();
});
