import { Dealer } from 'zeromq';
import { vi, expect } from 'vitest';
import type { SenderKeys } from '../../../src/cli/curve-options.js';
import { zmtpCommand, zmtpGreeting } from '../../fixtures/zmtp-bytes.js';
import { Random } from '../../simulation/random.js';
import { cut, mutate, randomBytes } from '../byte-mutations.js';
import type { FuzzDaemon } from '../fuzz-daemon.js';
import { describeBytes, type FuzzTarget } from '../fuzz-target.js';
import { SecuredProfile } from '../profiles/secured-profile.js';
import { exchange } from '../raw-connection.js';
import { TamperingProxy } from '../tampering-proxy.js';

/** Milliseconds that a peer with raw bytes waits for the end of its connection. */
const PATIENCE = 1000;

/** Milliseconds in which the message of a good sender must arrive. */
const ARRIVAL = 30_000;

/** Bytes that a sender sends until its message is complete, at most. */
const SESSION_BYTES = 700;

/** One peer at the port with CURVE. */
interface CurveInput {
  /** `tampered`: a good sender whose encrypted bytes change on their way. */
  readonly kind: 'good' | 'refused' | 'plain' | 'tampered' | 'raw';
  readonly number: number;
  readonly pieces: readonly Buffer[];
  readonly offset: number;
  /** The seed of the change. */
  readonly change: number;
}

/**
 * Peers at the port with CURVE: with the right keys, with none, an unknown, a revoked, and a wrong key of the monitor; raw
 * handshakes, and sessions that change on their way. Only a message of a good sender may arrive, unchanged.
 */
export const curveTarget: FuzzTarget<CurveInput> = {
  name: 'curve',
  batch: 40,
  create: (random) => ({
    kind: random.weighted({ good: 10, refused: 15, plain: 10, tampered: 25, raw: 40 }),
    number: random.int(0, 1e9),
    pieces: cut(handshake(random), random),
    offset: random.int(0, SESSION_BYTES),
    change: random.int(0, 1e9),
  }),
  describe({ kind, pieces, offset, number }) {
    if (kind === 'raw') return `send ${describeBytes(...pieces)}`;
    return kind === 'tampered' ? `a sender, changed from byte ${offset} on` : `a ${kind} sender, ${number}`;
  },
  async play(inputs, daemon) {
    const { profile } = daemon;
    if (!(profile instanceof SecuredProfile)) throw new Error('expected the profile secured');
    const dealers: Dealer[] = [];
    const proxies: TamperingProxy[] = [];
    const connect = (channel: string, keys?: SenderKeys, endpoint = daemon.daemon.zeromq): void => {
      const dealer = dealerWith(keys);
      dealers.push(dealer);
      dealer.connect(endpoint);
      dealer.send([channel, 'STARTED']).catch(() => undefined);
    };
    const port = Number(new URL(daemon.daemon.zeromq).port);
    const raw: Promise<unknown>[] = [];
    for (const { kind, number, pieces, offset, change } of inputs) {
      const channel = `curve-${kind}-${number}`;
      if (kind === 'raw') raw.push(exchange({ port, pieces, deadline: PATIENCE }));
      else if (kind === 'good') connect(channel, profile.access.curve);
      else if (kind === 'plain') connect(channel);
      else if (kind === 'refused')
        connect(channel, profile.refusedSenders[number % profile.refusedSenders.length]);
      else {
        const proxy = await TamperingProxy.start(port, {
          offset,
          change: (bytes) => mutate(bytes, new Random(change)),
        });
        proxies.push(proxy);
        connect(channel, profile.access.curve, `tcp://127.0.0.1:${proxy.port}`);
      }
    }
    try {
      await Promise.all(raw);
      return await problemsOf(inputs, daemon);
    } finally {
      for (const dealer of dealers) dealer.close();
      for (const proxy of proxies) proxy.close();
    }
  },
};

/** Waits for the channels of the good senders. The senders repeat nothing, so that each channel needs its message. */
async function problemsOf(inputs: readonly CurveInput[], daemon: FuzzDaemon): Promise<string[]> {
  const expected = inputs.filter(({ kind }) => kind === 'good').map(({ number }) => `curve-good-${number}`);
  const seen = new Set<string>();
  const look = async (): Promise<void> => {
    const response = await daemon.daemon.admin('/channels?prefix=curve-&limit=1000');
    const { channels } = (await response.json()) as { channels: { id: string }[] };
    for (const { id } of channels) seen.add(id);
  };
  try {
    await vi.waitFor(
      async () => {
        await look();
        expect(expected.filter((name) => !seen.has(name))).toEqual([]);
      },
      { timeout: ARRIVAL, interval: 100 },
    );
  } catch (error) {
    return [`The message of a good sender did not arrive: ${String(error)}`];
  }
  const wrong = [...seen].filter((name) => !/^curve-(?:good|tampered)-\d+$/.test(name));
  return wrong.map((name) => `A refused or changed sender has made the channel ${name}`);
}

function dealerWith(keys: SenderKeys | undefined): Dealer {
  return new Dealer({
    linger: 0,
    ...(keys && {
      curvePublicKey: keys.publicKey,
      curveSecretKey: keys.secretKey,
      curveServerKey: keys.serverKey,
    }),
  });
}

/** The first bytes of a client with CURVE, whose box can't be opened. */
function handshake(random: Random): Buffer {
  const hello = Buffer.concat([Buffer.from([1, 0]), Buffer.alloc(72), randomBytes(random, 120, 120)]);
  const command = random.pick(['HELLO', 'HELLO', 'HELLO', 'INITIATE', 'MESSAGE', 'READY', 'ERROR']);
  const bytes = Buffer.concat([
    zmtpGreeting({ mechanism: 'CURVE' }),
    zmtpCommand(command, command === 'HELLO' ? hello : randomBytes(random, 0, 400)),
    ...(random.chance(0.3) ? [zmtpCommand('INITIATE', randomBytes(random, 0, 400))] : []),
  ]);
  return random.chance(0.7) ? mutate(bytes, random) : bytes;
}
