import { writeFileSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { Dealer, Router } from 'zeromq';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BrokerCounters } from '../../src/broker/broker-counters.js';
import type { PeerRefusal } from '../../src/broker/peer-gate.js';
import { ZeromqSource } from '../../src/broker/zeromq-source.js';
import type { SenderKeys } from '../../src/cli/curve-options.js';
import { createCurveKeyPair } from '../../src/config/curve-key.js';
import { defaultSettings, type Settings } from '../../src/config/settings.js';
import { CurveFolder } from '../fixtures/curve-folder.js';
import { FakeBroker } from '../fixtures/fake-broker.js';
import { readToClose, sendRaw } from '../fixtures/raw-http.js';
import { RecordedMessages } from '../fixtures/recorded-messages.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';

/** Longer than the handshake timeout, after which a refused peer connects again. */
const UNTIL_RETRY = 15_000;

const directory = useTemporaryDirectory();
const logged = vi.spyOn(Logger.prototype, 'log').mockReturnValue();
const warned = vi.spyOn(Logger.prototype, 'warn').mockReturnValue();
let settings: Settings;
let counters: BrokerCounters;
let received: RecordedMessages;
let source: ZeromqSource;
let peers: { close(): void }[];

async function start(zeromq: Partial<Settings['zeromq']>): Promise<void> {
  Object.assign(settings.zeromq, zeromq);
  source = new ZeromqSource(settings, settings.zeromq, settings.limits, settings.retention, counters);
  await source.start(received);
}

async function connect(keys?: SenderKeys): Promise<FakeBroker> {
  const broker = await FakeBroker.connect(source.status.endpoint!, keys);
  peers.push(broker);
  return broker;
}

/** Connects a peer that may be refused. It sends `channel` as soon as it can. */
function attempt(channel: string, keys?: SenderKeys, sourceAddress?: string): Dealer {
  const dealer = new Dealer({
    linger: 0,
    ...(keys && {
      curvePublicKey: keys.publicKey,
      curveSecretKey: keys.secretKey,
      curveServerKey: keys.serverKey,
    }),
  });
  peers.push(dealer);
  const endpoint = source.status.endpoint!;
  dealer.connect(sourceAddress === undefined ? endpoint : endpoint.replace('//', `//${sourceAddress}:0;`));
  dealer.send([channel, 'STARTED']).catch(() => undefined);
  return dealer;
}

async function expectRefused(reason: PeerRefusal): Promise<void> {
  await vi.waitFor(() => expect(counters.refusedPeers[reason]).toBeGreaterThan(0), 5000);
}

/** Connects peers until one is refused: the thread of the ROUTER gets the new rules after the reload. */
async function expectRefusedSoon(reason: PeerRefusal, keys?: SenderKeys): Promise<void> {
  await vi.waitFor(() => {
    attempt('refused', keys);
    expect(counters.refusedPeers[reason]).toBeGreaterThan(0);
  }, 5000);
}

async function expectMessage(channelId: string): Promise<void> {
  await vi.waitFor(
    () => expect(received.all).toContainEqual(expect.objectContaining({ channelId })),
    UNTIL_RETRY,
  );
}

beforeEach(() => {
  warned.mockClear();
  settings = defaultSettings();
  settings.zeromq_uri = { host: '127.0.0.1', port: 0 };
  counters = new BrokerCounters();
  received = new RecordedMessages();
  peers = [];
});

afterEach(async () => {
  for (const peer of peers) peer.close();
  await source.stop();
});

describe('zeromq.allow', () => {
  it('admits only listed addresses, counts the others, and names them in the log', async () => {
    await start({ allow: ['127.0.0.1/32'] });
    attempt('intruder', undefined, '127.0.0.2');
    await expectRefused('address');
    const broker = await connect();
    await broker.send('job', 'FINISHED');
    await expectMessage('job');
    expect(received.all).not.toContainEqual(expect.objectContaining({ channelId: 'intruder' }));
    expect(warned).toHaveBeenCalledWith({
      message: 'Refused a peer on zeromq_uri',
      reason: 'address',
      address: '127.0.0.2',
      hint: 'zeromq.allow does not contain this address',
      times: 1,
    });
  });

  it('is applied by a reload, and a refused peer then comes in by itself', async () => {
    await start({ allow: ['10.0.0.0/8'] });
    attempt('patient');
    await expectRefused('address');
    settings.zeromq.allow = ['127.0.0.0/8'];
    source.reload();
    await expectMessage('patient');
    settings.zeromq.allow = null;
    source.reload();
    attempt('any', undefined, '127.0.0.3');
    await expectMessage('any');
  });

  it('keeps open connections when a reload forbids their address', async () => {
    await start({ allow: ['127.0.0.0/8'] });
    const broker = await connect();
    settings.zeromq.allow = ['10.0.0.0/8'];
    source.reload();
    await expectRefusedSoon('address');
    await broker.send('job', 'FINISHED');
    await expectMessage('job');
  });

  it('needs a restart for the first list, and says so', async () => {
    await start({});
    settings.zeromq.allow = ['10.0.0.0/8'];
    expect(() => source.reload()).toThrow('zeromq.allow: restart the monitor');
    await connect();
  });

  it('recognises IPv4 addresses on a port for IPv4 and IPv6', async () => {
    settings.zeromq_uri = { host: '*', port: 0 };
    await start({ allow: ['127.0.0.1/32'] });
    const port = /:(\d+)$/.exec(source.status.endpoint!)![1];
    const broker = await FakeBroker.connect(`tcp://127.0.0.1:${port}`);
    peers.push(broker);
    await broker.send('job', 'FINISHED');
    await expectMessage('job');
  });
});

describe('zeromq.curve', () => {
  let folder: CurveFolder;
  let sender: SenderKeys;

  beforeEach(async () => {
    folder = new CurveFolder(directory);
    sender = folder.addSender();
    await start({ curve: folder.write() });
  });

  it('receives from an allowed sender', async () => {
    const broker = await connect(sender);
    await broker.send('job', 'FINISHED');
    await expectMessage('job');
    expect(counters.refusedPeers).toMatchObject({ key: 0, no_curve: 0, server_key: 0 });
  });

  it('refuses a key that is not in the list, and names the key', async () => {
    const keys = { ...createCurveKeyPair(), serverKey: folder.monitor.publicKey };
    attempt('intruder', keys);
    await expectRefused('key');
    expect(warned).toHaveBeenCalledWith(
      expect.objectContaining({ reason: 'key', address: '127.0.0.1', key: keys.publicKey }),
    );
    await connect(sender);
    expect(received.all).not.toContainEqual(expect.objectContaining({ channelId: 'intruder' }));
  });

  it('refuses a sender with another key of the monitor', async () => {
    attempt('intruder', { ...sender, serverKey: createCurveKeyPair().publicKey });
    await expectRefused('server_key');
  });

  it('refuses a sender without CURVE, such as the broker of ReCodEx', async () => {
    const router = new Router({ mandatory: true, linger: 0 });
    peers.push(router);
    router.connect(source.status.endpoint!);
    await expectRefused('no_curve');
    expect(source.status.peers).toBe(0);
  });

  it('survives bytes that are no handshake, and then admits an allowed sender', async () => {
    for (const bytes of ['GET / HTTP/1.1\r\n\r\n', Buffer.alloc(5000, 0xff), halfGreeting()])
      await readToClose(sendRaw(source.status.endpoint!, bytes));
    const broker = await connect(sender);
    await broker.send('job', 'FINISHED');
    await expectMessage('job');
  });

  it('refuses new connections of a removed key, and keeps the open one', async () => {
    const broker = await connect(sender);
    folder.revoke(sender);
    source.reload();
    await expectRefusedSoon('key', sender);
    await broker.send('job', 'FINISHED');
    await expectMessage('job');
  });

  it('reads the list again when the file changes', async () => {
    const added = folder.addSender();
    const changed = expect.objectContaining({
      message: 'The allowed CURVE clients have changed',
      clients: 2,
    });
    await vi.waitFor(() => expect(logged).toHaveBeenCalledWith(changed), 5000);
    const broker = await connect(added);
    await broker.send('job', 'FINISHED');
    await expectMessage('job');
  });

  it('keeps the former list when the file is not usable', async () => {
    writeFileSync(directory.file('allowed-clients'), 'half-writ');
    expect(() => source.reload()).toThrow(/^zeromq\.curve\.clients: .*line 1/);
    await vi.waitFor(() => expect(counters.clientsReadFailures).toBeGreaterThan(0), 5000);
    await connect(sender);
  });

  it('receives from an allowed sender while many peers are refused, and stops in time', async () => {
    const wrong = { ...createCurveKeyPair(), serverKey: folder.monitor.publicKey };
    const broker = await connect(sender);
    for (let i = 0; i < 100; i++) {
      attempt('intruder', wrong);
      sendRaw(source.status.endpoint!, Buffer.alloc(i, i));
      await broker.send('job', 'TASK', String(i), 'COMPLETED');
    }
    await broker.send('job', 'FINISHED');
    await vi.waitFor(() => expect(counters.refusedPeers.key).toBeGreaterThanOrEqual(100), 10_000);
    const messages = received.all.filter((item) => typeof item === 'object' && item.channelId === 'job');
    expect(messages).toHaveLength(101);
    expect(source.status.peers).toBe(1);
    const start = performance.now();
    await source.stop();
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it('applies zeromq.allow, too', async () => {
    settings.zeromq.allow = ['10.0.0.0/8'];
    source.reload();
    await expectRefusedSoon('address', sender);
  });
});

describe('the start with zeromq.curve', () => {
  it('rejects with the key when a file is not usable', async () => {
    const paths = { ...new CurveFolder(directory).write(), key: directory.file('missing') };
    await expect(start({ curve: paths })).rejects.toThrow(/^zeromq\.curve\.key: .*ENOENT/);
  });

  it('refuses every sender when the list is empty', async () => {
    const folder = new CurveFolder(directory);
    const sender = folder.addSender();
    folder.revoke(sender);
    await start({ curve: folder.write() });
    attempt('intruder', sender);
    await expectRefused('key');
  });
});

/** The first half of a ZMTP greeting, and a wrong mechanism. */
function halfGreeting(): Buffer {
  const greeting = Buffer.alloc(64);
  greeting.write('\xff\0\0\0\0\0\0\0\x01\x7f\x03\0PLAIN', 'latin1');
  return greeting;
}
