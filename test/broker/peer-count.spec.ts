import { expect, it } from 'vitest';
import { PeerCount } from '../../src/broker/peer-count.js';

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
