import { expect, it } from 'vitest';
import { continuationJson } from '../../src/messages/continuation.js';

it('names the last restored position, and the epoch that follows', () => {
  expect(continuationJson({ epoch: 'old', seq: 3 }, 'new')).toBe('{"continues":"old-3","epoch":"new"}');
});
