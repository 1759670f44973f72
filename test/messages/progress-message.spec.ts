import { describe, expect, it } from 'vitest';
import { Batch, largestBatch, readBatch, type Item } from '../../src/broker/message-batch.js';
import { isExit, validate } from '../../src/messages/progress-message.js';
import { SharedRingBuffer } from '../../src/broker/shared-ring-buffer.js';

const LIMITS = { channel_id_bytes: 8, message_bytes: 100 };

describe('a message of the broker', () => {
  it('reads a command', () => {
    expect(parse('job', 'STARTED')).toEqual({ channelId: 'job', command: 'STARTED' });
  });

  it('reads a task and its state', () => {
    expect(parse('job', 'TASK', 'compile', 'COMPLETED')).toEqual({
      channelId: 'job',
      command: 'TASK',
      taskId: 'compile',
      taskState: 'COMPLETED',
    });
  });

  it('leaves the task state out when there are three frames', () => {
    expect(parse('job', 'TASK', 'compile')).toEqual({ channelId: 'job', command: 'TASK', taskId: 'compile' });
  });

  it('takes an empty command and an empty task id as they are', () => {
    expect(parse('job', '')).toEqual({ channelId: 'job', command: '' });
    expect(parse('job', 'TASK', '', 'FAILED')).toMatchObject({ taskId: '', taskState: 'FAILED' });
  });

  it('ignores frames after the fifth', () => {
    expect(parse('job', 'TASK', 'a', 'FAILED', 'more', 'and more')).toEqual(
      parse('job', 'TASK', 'a', 'FAILED'),
    );
  });

  it('takes U+FFFD itself for a character, not for broken UTF-8', () => {
    expect(parse('job', '\ufffd')).toEqual({ channelId: 'job', command: '\ufffd' });
  });

  it.each([
    ['too_few_frames', []],
    ['too_few_frames', ['job']],
    ['empty_channel_id', ['', 'STARTED']],
    ['channel_id_too_long', ['123456789', 'STARTED']],
    ['channel_id_too_long', ['ééééé', 'STARTED']],
    ['message_too_long', ['job', 'TASK', 'x'.repeat(100)]],
    ['not_utf8', [Buffer.from([0xff]), 'STARTED']],
    ['not_utf8', ['job', Buffer.from([0xc3, 0x28])]],
    ['not_utf8', ['job', 'TASK', Buffer.from([0xed, 0xa0, 0x80])]],
    ['not_utf8', ['job', 'TASK', 'compile', Buffer.from([0x80])]],
  ])('says %s', (reason, frames) => {
    expect(parse(...frames)).toBe(reason);
  });
});

describe('isExit', () => {
  it('is exactly "0", "exit"', () => {
    expect(isExit(frames('0', 'exit'))).toBe(true);
    expect(isExit(frames('0', 'exit', 'now'))).toBe(false);
    expect(isExit(frames('1', 'exit'))).toBe(false);
  });
});

/** What becomes of a message on its way from the thread that receives it to the one that relays it. */
function parse(...parts: (string | Buffer)[]): Item {
  const reason = validate(frames(...parts), LIMITS);
  const ring = new SharedRingBuffer(SharedRingBuffer.allocate(largestBatch(LIMITS)));
  const batch = new Batch(ring);
  if (reason) batch.oddity(reason);
  else batch.message(frames(...parts));
  batch.flush();
  const items: Item[] = [];
  ring.read((bytes) => readBatch(bytes, (item) => items.push(item)));
  expect(items).toHaveLength(1);
  return items[0]!;
}

function frames(...parts: (string | Buffer)[]): Buffer[] {
  return ['routing id', ...parts].map((part) => Buffer.from(part as string));
}
