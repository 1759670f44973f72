import { createHmac, randomBytes } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import { inSeconds, unsignedToken, useTokenKeys } from '../fixtures/token-keys.js';
import { Attacker, upgradeRequest } from './attack.js';
import { Daemon } from './daemon.js';
import { HealthyClient } from './healthy-client.js';

/** The highest latency of a healthy client, in milliseconds. */
const LATENCY = 1000;

const keys = useTokenKeys();
const pair = keys.pair('RS256');
const secret = keys.secret();

let daemon: Daemon;

afterEach(() => daemon.kill());

const claims = { exp: inSeconds(3600), channels: ['*'], scope: 'admin' };
const unsigned = unsignedToken({ alg: 'HS256' }, claims).slice(0, -1);
const signature = createHmac('sha256', pair.publicPem).update(unsigned).digest('base64url');

it.each([
  ['a forged RSA signature', unsignedToken({ alg: 'RS256' }, claims, randomBytes(256).toString('base64url'))],
  ['a public key as the secret of HS256', `${unsigned}.${signature}`],
  ['the algorithm none', unsignedToken({ alg: 'none' }, claims)],
])('a flood of tokens opens nothing and delays no other client: %s', async (_attack, token) => {
  daemon = await Daemon.start({
    settings: {
      AUTH_KEYS: `RS256:${pair.path},HS256:${secret.path}`,
      AUTH_LEGACY: 'allow',
    },
  });
  const healthy = await HealthyClient.start(daemon);
  const sockets = daemon.openSockets;
  const attacker = new Attacker({
    port: daemon.publicPort,
    connections: 500,
    seconds: 4,
    first: upgradeRequest('/channels/j').replace('\r\n\r\n', `\r\nAuthorization: Bearer ${token}\r\n\r\n`),
    reconnects: true,
  });
  const { answers } = await attacker.outcome;
  expect(Object.keys(answers)).toEqual(['401']);
  expect(answers['401']).toBeGreaterThan(1000);
  await daemon.socketsFallTo(sockets, 10);
  const { sent, received, max } = await healthy.stop();
  expect(received).toBe(sent);
  expect(max).toBeLessThan(LATENCY);
  expect(daemon.output).not.toContain(token);
});
