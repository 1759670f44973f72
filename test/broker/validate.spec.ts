import { describe, expect, it } from 'vitest';
import { largestBatch, MessageBatch, readBatch } from '../../src/broker/message-batch.js';
import { SharedRingBuffer } from '../../src/broker/shared-ring-buffer.js';
import { isExit, validate, validateFields } from '../../src/broker/validate.js';
import { RecordedMessages } from '../fixtures/recorded-messages.js';

const LIMITS = { channel_id_bytes: 8, message_bytes: 100 };

describe('a broker message', () => {
  it('has a command', () => {
    expect(parse('job', 'STARTED')).toEqual({ channelId: 'job', command: 'STARTED' });
  });

  it('has a task and its state', () => {
    expect(parse('job', 'TASK', 'compile', 'COMPLETED')).toEqual({
      channelId: 'job',
      command: 'TASK',
      taskId: 'compile',
      taskState: 'COMPLETED',
    });
  });

  it('has no task state when it has three frames', () => {
    expect(parse('job', 'TASK', 'compile')).toEqual({ channelId: 'job', command: 'TASK', taskId: 'compile' });
  });

  it('may have an empty command and an empty task id', () => {
    expect(parse('job', '')).toEqual({ channelId: 'job', command: '' });
    expect(parse('job', 'TASK', '', 'FAILED')).toMatchObject({ taskId: '', taskState: 'FAILED' });
  });

  it('is read up to its fifth frame', () => {
    expect(parse('job', 'TASK', 'a', 'FAILED', 'more', 'and more')).toEqual(
      parse('job', 'TASK', 'a', 'FAILED'),
    );
  });

  it('may contain U+FFFD, which is valid UTF-8', () => {
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
  ])('is rejected: %s', (reason, frames) => {
    expect(parse(...frames)).toBe(reason);
  });
});

describe('a message of another source', () => {
  it.each([
    [undefined, { channelId: 'job', command: 'STARTED' }],
    [undefined, { channelId: '😀', command: '😀', taskId: '\ufffd', taskState: '' }],
    [undefined, { channelId: 'job', command: 'TASK', taskId: 'x'.repeat(93) }],
    ['message_too_long', { channelId: 'job', command: 'TASK', taskId: 'x'.repeat(94) }],
    ['empty_channel_id', { channelId: '', command: 'STARTED' }],
    ['channel_id_too_long', { channelId: 'ééééé', command: 'STARTED' }],
    ['not_utf8', { channelId: 'job', command: '\ud83d' }],
    ['not_utf8', { channelId: 'job', command: 'TASK', taskId: 'a', taskState: '\udc00\ud800' }],
  ])('gets the same verdict: %s', (reason, message) => {
    expect(validateFields(message, LIMITS)).toBe(reason);
  });
});

describe('isExit', () => {
  it('accepts only the frames "0" and "exit"', () => {
    expect(isExit(frames('0', 'exit'))).toBe(true);
    expect(isExit(frames('0', 'exit', 'now'))).toBe(false);
    expect(isExit(frames('1', 'exit'))).toBe(false);
  });
});

/** Validates a message and transfers it as the thread of the ROUTER does. */
function parse(...parts: (string | Buffer)[]): unknown {
  const ring = new SharedRingBuffer(SharedRingBuffer.allocate(largestBatch(LIMITS)));
  const batch = new MessageBatch(ring);
  const reason = validate(frames(...parts), LIMITS);
  if (reason) batch.addRejected(reason);
  else batch.addMessage(frames(...parts));
  batch.flush();
  const received = new RecordedMessages();
  ring.read((bytes) => readBatch(bytes, received));
  expect(received.all).toHaveLength(1);
  return received.all[0];
}

function frames(...parts: (string | Buffer)[]): Buffer[] {
  return ['routing id', ...parts].map((part) => Buffer.from(part as string));
}
