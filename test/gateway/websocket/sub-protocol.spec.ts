import { describe, expect, it } from 'vitest';
import { chooseSubProtocol } from '../../../src/gateway/websocket/sub-protocol.js';

describe('the sub-protocol of a stream', () => {
  it.each([
    [['recodex.v2', 'recodex.v1'], 'recodex.v2'],
    [['recodex.v1', 'recodex.v2'], 'recodex.v2'],
    [['soap', 'recodex.v1'], 'recodex.v1'],
    [['token.secret', 'recodex.v2'], 'recodex.v2'],
    [['token.secret', 'soap', 'wamp'], 'soap'],
    [['RECODEX.V2'], 'RECODEX.V2'],
    [['token.secret'], false],
    [[], false],
  ])('of %j is %j', (offered, chosen) => {
    expect(chooseSubProtocol(new Set(offered), false)).toBe(chosen);
  });
});

describe('the sub-protocol of a legacy client', () => {
  it.each([
    [['recodex.v2', 'recodex.v1'], 'recodex.v1'],
    [['recodex.v2', 'soap'], 'soap'],
    [['recodex.v2'], 'recodex.v2'],
    [['token.secret'], false],
  ])('of %j is %j', (offered, chosen) => {
    expect(chooseSubProtocol(new Set(offered), true)).toBe(chosen);
  });
});
