import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { zmtpFrame, zmtpGreeting, zmtpReady, ZMTP_FLAGS } from '../fixtures/zmtp-bytes.js';
import { Daemon } from './daemon.js';
import { HealthyClient } from './healthy-client.js';

/** Seconds between two heartbeats of the ROUTER. */
const HEARTBEAT = 2;

let daemon: Daemon;

afterEach(() => daemon.kill());

it('peers with the same routing id do not end the process', async () => {
  daemon = await Daemon.start({ settings: { ZEROMQ_HEARTBEAT: String(HEARTBEAT) } });
  const healthy = await HealthyClient.start(daemon);
  const files = daemon.openFiles;
  for (let i = 0; i < 5; i++) {
    const first = await peer(`peer ${i}`);
    const second = await peer(`peer ${i}`);
    first.write(Buffer.concat([zmtpFrame(ZMTP_FLAGS.more, 'job'), zmtpFrame(0, 'STARTED')]));
    await setTimeout(100);
    first.resetAndDestroy();
    second.destroy();
  }
  // The assertion of libzmq fails at the next heartbeat.
  await setTimeout(1500 * HEARTBEAT);
  expect(daemon.isRunning).toBe(true);
  expect(daemon.openFiles).toBeLessThanOrEqual(files);
  const { sent, received } = await healthy.stop();
  expect(received).toBe(sent);
  expect(await daemon.stop()).toBe(0);
});

/** A peer of the ROUTER, after both handshakes. */
async function peer(identity: string): Promise<Socket> {
  const socket = connect(Number(new URL(daemon.zeromq).port), '127.0.0.1');
  socket.on('error', () => {});
  socket.write(Buffer.concat([zmtpGreeting(), zmtpReady({ 'Socket-Type': 'DEALER', Identity: identity })]));
  let answer = '';
  while (!answer.includes('recodex-monitor')) answer += String((await once(socket, 'data'))[0]);
  return socket;
}
