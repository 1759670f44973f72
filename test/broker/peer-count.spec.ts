import { expect, it } from 'vitest';
import { PeerCount } from '../../src/broker/peer-count.js';
import { Random } from '../simulation/random.js';

type Event = 'accepted' | 'handshakeCompleted' | 'disconnected';

const CONNECT: Event[] = ['accepted', 'handshakeCompleted'];
const PORT_SCAN: Event[] = ['accepted', 'disconnected'];

it.each<[string, number, Event[]]>([
  ['a broker', 1, CONNECT],
  ['a broker that disconnected', 0, [...CONNECT, 'disconnected']],
  ['a port scan', 0, PORT_SCAN],
  ['a port scan beside a broker', 1, [...CONNECT, ...PORT_SCAN]],
  ['a silent connection', 0, ['accepted']],
  [
    'a broker that disconnects beside a silent connection',
    0,
    [...CONNECT, 'accepted', 'disconnected', 'disconnected'],
  ],
  ['a broker that reconnected', 1, [...CONNECT, 'disconnected', ...CONNECT]],
  ['a broker that replaces its dead connection', 1, [...CONNECT, ...CONNECT, 'disconnected']],
  [
    'a broker that connects while another one disconnects',
    1,
    [...CONNECT, 'accepted', 'disconnected', 'handshakeCompleted'],
  ],
  [
    'two brokers that connect while two others disconnect',
    2,
    [
      ...CONNECT,
      ...CONNECT,
      'accepted',
      'accepted',
      'disconnected',
      'disconnected',
      'handshakeCompleted',
      'handshakeCompleted',
    ],
  ],
  ['missed events', 0, ['disconnected', 'disconnected']],
  ['a broker after missed events', 1, ['disconnected', 'handshakeCompleted']],
])('PeerCount counts %s as %i', (_name, peers, events) => {
  const count = new PeerCount();
  for (const event of events) {
    count[event]();
    expect(count.peers).toBeGreaterThanOrEqual(0);
  }
  expect(count.peers).toBe(peers);
});

it('PeerCount is exact whenever no handshake is incomplete, whatever happened before', () => {
  const wrong = Array.from({ length: 200 }, (_, seed) => firstMistake(new Random(seed)));
  expect(wrong.filter((mistake) => mistake !== undefined)).toEqual([]);
});

/** The first wrong count in a random history of brokers and port scans. */
function firstMistake(random: Random): object | undefined {
  const count = new PeerCount();
  let handshakes = 0;
  let peers = 0;
  for (let step = 0; step < 100; step++) {
    const event = random.pick(['accepted', 'handshakeCompleted', 'scanEnded', 'brokerEnded'] as const);
    if (event === 'accepted') handshakes++;
    else if (event === 'brokerEnded' ? peers === 0 : handshakes === 0) continue;
    else if (event === 'brokerEnded') peers--;
    else handshakes--;
    if (event === 'handshakeCompleted') peers++;
    count[event === 'scanEnded' || event === 'brokerEnded' ? 'disconnected' : event]();
    if (handshakes === 0 && count.peers !== peers) return { step, expected: peers, got: count.peers };
  }
  return undefined;
}
