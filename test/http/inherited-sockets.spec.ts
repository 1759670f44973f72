import { describe, expect, it } from 'vitest';
import { inheritedSockets } from '../../src/http/inherited-sockets.js';

const PID = 1000;

function sockets(variables: NodeJS.ProcessEnv): number[] {
  return inheritedSockets('public', { LISTEN_PID: String(PID), LISTEN_FDS: '1', ...variables }, PID);
}

describe('inheritedSockets', () => {
  it('returns the sockets with the name', () => {
    expect(sockets({ LISTEN_FDS: '3', LISTEN_FDNAMES: 'public:other:public' })).toEqual([3, 5]);
  });

  it('returns all sockets when they have no names', () => {
    expect(sockets({ LISTEN_FDS: '2' })).toEqual([3, 4]);
  });

  it.each([
    ['without variables', { LISTEN_PID: undefined, LISTEN_FDS: undefined }],
    ['for another process', { LISTEN_PID: '1' }],
    ['with other names', { LISTEN_FDNAMES: 'unknown' }],
    ['without sockets', { LISTEN_FDS: '0' }],
    ['with a wrong number', { LISTEN_FDS: 'many' }],
  ])('returns nothing %s', (_name, variables) => {
    expect(sockets(variables)).toEqual([]);
  });
});
