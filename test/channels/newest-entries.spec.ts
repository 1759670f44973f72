import { expect, it } from 'vitest';
import { createChannel, send } from '../fixtures/create-channel.js';

const SIZE = 10;

it.each([
  [0, 1000, []],
  [1, 1000, ['c']],
  [2, 1000, ['b', 'c']],
  [3, 1000, ['a', 'b', 'c']],
  [9, 1000, ['a', 'b', 'c']],
])('the newest %i entries within %i bytes are %j', (count, bytes, commands) => {
  expect(newest(count, bytes)).toEqual(commands);
});

it('are bounded by the bytes of their messages, and the newest is always there', () => {
  expect(newest(9, 2 * stored())).toEqual(['b', 'c']);
  expect(newest(9, 2 * stored() - 1)).toEqual(['c']);
  expect(newest(9, 0)).toEqual(['c']);
});

function newest(count: number, bytes: number): string[] {
  const channel = createChannel();
  send(channel, ...['a', 'b', 'c'].map(padded));
  const entries = channel.newestEntries(count, bytes);
  expect(entries.map(({ seq }) => seq)).toEqual([1, 2, 3].slice(3 - entries.length));
  return entries.map(({ message }) => message.command.trim());
}

/** Bytes of one message in the log. */
function stored(): number {
  const channel = createChannel();
  send(channel, padded('a'));
  return channel.readStored(1).bytes.length;
}

function padded(command: string): string {
  return command.padEnd(SIZE);
}
