import { Dealer } from 'zeromq';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PeerGate } from '../../src/broker/peer-gate.js';
import { ZAP_DOMAIN, ZapHandler, type RefusedPeer } from '../../src/broker/zap-handler.js';

const QUESTION = ['1.0', '7', ZAP_DOMAIN, '127.0.0.1', 'recodex-monitor', 'NULL'];

let handler: ZapHandler;
let dealer: Dealer;
let refused: [string, RefusedPeer][];

/** Asks as libzmq does. Resolves with the request id, the status code and the reason. */
async function ask(...frames: (string | Buffer)[]): Promise<string[]> {
  await dealer.send(['', ...frames]);
  return (await dealer.receive()).slice(2, 5).map(String);
}

beforeEach(async () => {
  refused = [];
  const gate = new PeerGate({ networks: ['127.0.0.1/32'], clients: null });
  handler = new ZapHandler(gate, (reason, peer) => refused.push([reason, peer]));
  await handler.open();
  dealer = new Dealer({ context: handler.context, linger: 0, receiveTimeout: 2000 });
  dealer.connect('inproc://zeromq.zap.01');
});

afterEach(() => {
  dealer.close();
  handler.close();
});

describe('a ZapHandler', () => {
  it('admits a peer that the gate admits', async () => {
    expect(await ask(...QUESTION)).toEqual(['7', '200', 'OK']);
    expect(refused).toEqual([]);
  });

  it('refuses a peer for now, so that the peer tries again later', async () => {
    expect(await ask('1.0', '8', ZAP_DOMAIN, '10.0.0.1', '', 'NULL')).toEqual(['8', '300', 'address']);
    expect(refused).toEqual([['address', { address: '10.0.0.1' }]]);
  });

  it.each<[string, (string | Buffer)[]]>([
    ['an empty frame', ['']],
    ['one frame', ['1.0']],
    ['five frames', QUESTION.slice(0, 5)],
    ['another version', ['2.0', ...QUESTION.slice(1)]],
    ['another domain', ['1.0', '7', 'other', ...QUESTION.slice(3)]],
    ['bytes', Array.from({ length: 6 }, () => Buffer.alloc(300, 0xff))],
  ])('refuses a question with %s, and answers the next one', async (_name, frames) => {
    expect((await ask(...frames))[1]).toBe('300');
    expect(refused).toEqual([['malformed', {}]]);
    expect(await ask(...QUESTION)).toEqual(['7', '200', 'OK']);
  });

  it('applies a new gate to the next peer', async () => {
    handler.setGate(new PeerGate({ networks: ['10.0.0.0/8'], clients: null }));
    expect((await ask(...QUESTION))[1]).toBe('300');
  });
});
