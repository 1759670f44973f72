import { beforeEach, describe, expect, it } from 'vitest';
import { SenderQuotas } from '../../src/broker/sender-quotas.js';
import type { QuotaRules } from '../../src/broker/sender-usage.js';

const OFF: QuotaRules = {
  messages_per_second: 0,
  channels: 0,
  bytes: 0,
  finished: 10_000,
  idle: 60_000,
  channel_bytes: 100_000,
  remembered: 1000,
};

let now: number;
let reports: string[];

beforeEach(() => {
  now = 1000;
  reports = [];
});

function create(rules: Partial<QuotaRules>): SenderQuotas {
  return new SenderQuotas(
    { ...OFF, ...rules },
    (reason, sender) => reports.push(`${reason} ${sender}`),
    () => now,
  );
}

/** Sends a message and returns the reason of its rejection. */
function send(
  quotas: SenderQuotas,
  sender: string,
  channel: string,
  command = 'TASK',
  text = '',
): string | undefined {
  return quotas.check([sender, channel, command, text].map((frame) => Buffer.from(frame, 'latin1')));
}

describe('SenderQuotas', () => {
  it('reject nothing when they are off', () => {
    const quotas = create({});
    for (let i = 0; i < 5000; i++) expect(send(quotas, 'a', `job-${i}`)).toBeUndefined();
  });

  it('name the sender that is rejected, once a second', () => {
    const quotas = create({ channels: 1 });
    send(quotas, '\0\x01\xff', 'a');
    for (let i = 0; i < 3; i++) send(quotas, '\0\x01\xff', 'b');
    now += 1000;
    send(quotas, 'broker-1', 'a');
    send(quotas, 'broker-1', 'b');
    expect(reports).toEqual(['sender_channels 0x0001ff', 'sender_channels broker-1']);
  });

  it('keep what was used when their limits change', () => {
    const quotas = create({ channels: 10 });
    for (let i = 0; i < 5; i++) send(quotas, 'a', `job-${i}`);
    quotas.setRules({ ...OFF, channels: 5 });
    expect(send(quotas, 'a', 'another')).toBe('sender_channels');
    quotas.setRules(OFF);
    expect(send(quotas, 'a', 'another')).toBeUndefined();
  });
});

describe('the quota of messages per second', () => {
  it('rejects a flood of one sender and no message of another', () => {
    const quotas = create({ messages_per_second: 100 });
    let flood = 0;
    for (let i = 0; i < 1000; i++) {
      if (send(quotas, 'flood', 'job') === undefined) flood++;
      if (i % 20 === 0) expect(send(quotas, 'other', 'other-job')).toBeUndefined();
    }
    expect(flood).toBe(100);
    now += 500;
    const admitted = Array.from({ length: 100 }, () => send(quotas, 'flood', 'job')).filter(
      (reason) => !reason,
    );
    expect(admitted).toHaveLength(50);
  });

  it('saves up the messages of one second at most', () => {
    const quotas = create({ messages_per_second: 10 });
    send(quotas, 'a', 'job');
    now += 60_000;
    const reasons = Array.from({ length: 11 }, () => send(quotas, 'a', 'job'));
    expect(reasons.filter(Boolean)).toEqual(['sender_rate']);
  });

  it('lets FINISHED of a running channel pass, once', () => {
    const quotas = create({ messages_per_second: 1 });
    send(quotas, 'a', 'job');
    expect(send(quotas, 'a', 'job')).toBe('sender_rate');
    expect(send(quotas, 'a', 'job', 'FINISHED')).toBeUndefined();
    expect(send(quotas, 'a', 'job', 'FINISHED')).toBe('sender_rate');
    expect(send(quotas, 'a', 'unknown', 'FINISHED')).toBe('sender_rate');
  });
});

describe('the quota of channels', () => {
  it('rejects further channels, and takes messages of the channels that count', () => {
    const quotas = create({ channels: 2 });
    expect(['a', 'b', 'c', 'a', 'b'].map((id) => send(quotas, 's', id))).toEqual([
      undefined,
      undefined,
      'sender_channels',
      undefined,
      undefined,
    ]);
    expect(send(quotas, 'other', 'c')).toBeUndefined();
  });

  it('counts a channel until its retention ends', () => {
    const quotas = create({ channels: 1 });
    send(quotas, 's', 'a', 'FINISHED');
    now += 9999;
    expect(send(quotas, 's', 'b')).toBe('sender_channels');
    now += 1;
    expect(send(quotas, 's', 'b')).toBeUndefined();
    now += 59_999;
    expect(send(quotas, 's', 'c')).toBe('sender_channels');
    now += 1;
    expect(send(quotas, 's', 'c')).toBeUndefined();
  });

  it('counts a channel once that starts again after FINISHED', () => {
    const quotas = create({ channels: 2 });
    for (const command of ['STARTED', 'FINISHED', 'STARTED', 'FINISHED']) send(quotas, 's', 'a', command);
    expect(send(quotas, 's', 'b')).toBeUndefined();
    expect(send(quotas, 's', 'c')).toBe('sender_channels');
  });
});

describe('the quota of bytes', () => {
  it('counts messages and channels, and frees them with the retention', () => {
    const quotas = create({ bytes: 10_000 });
    const text = 'x'.repeat(900);
    let messages = 0;
    while (send(quotas, 's', 'a', 'TASK', text) === undefined) messages++;
    expect(messages).toBe(7);
    expect(send(quotas, 'other', 'b', 'TASK', text)).toBeUndefined();
    expect(send(quotas, 's', 'a', 'FINISHED')).toBeUndefined();
    now += 10_000;
    expect(send(quotas, 's', 'c', 'TASK', text)).toBeUndefined();
  });

  it('counts no more for a channel than its log can hold', () => {
    const quotas = create({ bytes: 10_000, channel_bytes: 2000 });
    for (let i = 0; i < 100; i++) expect(send(quotas, 's', 'a', 'TASK', 'x'.repeat(900))).toBeUndefined();
  });

  it('frees the log of a channel that starts again', () => {
    const quotas = create({ bytes: 6000 });
    for (let i = 0; i < 50; i++) {
      expect(send(quotas, 's', 'a', 'TASK', 'x'.repeat(1000))).toBeUndefined();
      expect(send(quotas, 's', 'a', 'FINISHED')).toBeUndefined();
    }
  });
});

describe('the memory of SenderQuotas', () => {
  it('is bounded: the most silent sender is forgotten first', () => {
    const quotas = create({ channels: 5, remembered: 10 });
    for (const sender of ['first', 'second', 'third'])
      for (let i = 0; i < 5; i++) send(quotas, sender, `${sender}-${i}`);
    expect(send(quotas, 'second', 'another')).toBe('sender_channels');
    expect(send(quotas, 'first', 'another')).toBeUndefined();
  });

  it('keeps at most 1,000 senders', () => {
    const quotas = create({ messages_per_second: 1 });
    for (let i = 0; i < 1001; i++) send(quotas, `sender-${i}`, 'job');
    expect(send(quotas, 'sender-1', 'job')).toBe('sender_rate');
    expect(send(quotas, 'sender-0', 'job')).toBeUndefined();
  });
});
