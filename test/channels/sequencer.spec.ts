import { beforeEach, describe, expect, it } from 'vitest';
import { Sequencer } from '../../src/channels/sequencer.js';

let time: number;
let epochs: number;
let sequencer: Sequencer;

beforeEach(() => {
  time = 1000;
  epochs = 0;
  sequencer = new Sequencer(
    () => time++,
    () => `new${++epochs}`,
  );
});

describe('Sequencer', () => {
  it('gives a message the epoch and the next number of its channel, and the time', () => {
    const end = { epoch: 'e', endSeq: 7, finished: false };
    expect(sequencer.sequence({ channelId: 'j', command: 'STARTED' }, end)).toMatchObject({
      channelId: 'j',
      epoch: 'e',
      seq: 7,
      time: 1000,
      message: { command: 'STARTED' },
    });
  });

  it('starts a new epoch with a message after FINISHED', () => {
    const end = { epoch: 'e', endSeq: 7, finished: true };
    expect(sequencer.sequence({ channelId: 'j', command: 'STARTED' }, end)).toMatchObject({
      epoch: 'new1',
      seq: 1,
    });
  });

  it('makes no entry of a FINISHED after FINISHED', () => {
    const end = { epoch: 'e', endSeq: 7, finished: true };
    expect(sequencer.sequence({ channelId: 'j', command: 'FINISHED' }, end)).toBeUndefined();
    expect(epochs).toBe(0);
  });

  it('uses epochs of 12 hexadecimal digits that differ', () => {
    const drawn = Array.from({ length: 100 }, new Sequencer().newEpoch);
    expect(new Set(drawn).size).toBe(100);
    for (const epoch of drawn) expect(epoch).toMatch(/^[0-9a-f]{12}$/);
  });
});
