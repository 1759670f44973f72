import { expect, it } from 'vitest';
import { formatPosition, parsePosition, readPosition } from '../../src/messages/position.js';

it('reads what it writes', () => {
  expect(parsePosition(formatPosition('5f3a9c', 12))).toEqual({ epoch: '5f3a9c', seq: 12 });
});

it.each([
  '',
  'end',
  '5f3a9c',
  '5f3a9c-',
  '-12',
  '5F3A9C-12',
  '5f3a9c-1234567890123456',
  '5f3a9c-12 ',
  'a-1-2',
])('reads no position from %j', (text) => {
  expect(parsePosition(text)).toBeUndefined();
  expect(readPosition(text)).toBeNull();
});

it('tells no position from one that cannot be read', () => {
  expect(readPosition(undefined)).toBeUndefined();
});
