import { expect, it } from 'vitest';
import { formatLink, hashLink, parseLink } from '../../../src/cli/verify/chain-link.js';

const LINK = { channel: 'verify-a/b-1', task: 3, tasks: 5, sentAt: 1_795_660_384_659_655 };
const HASH = hashLink('', LINK, 'COMPLETED');

it('writes a link that it reads back', () => {
  const link = { ...LINK, hash: HASH };
  expect(parseLink(formatLink(link))).toEqual(link);
});

it.each([
  '',
  'compile',
  `j/0/5/1/${HASH}`,
  `j/6/5/1/${HASH}`,
  `j/1/5/1/${HASH.slice(1)}`,
  `j/1/5/1/${HASH}0`,
  `/1/5/1/${HASH}`,
])('rejects %j', (text) => {
  expect(parseLink(text)).toBeUndefined();
});

it('covers the link before and each field with the hash', () => {
  const others = [
    hashLink('0', LINK, 'COMPLETED'),
    hashLink('', { ...LINK, channel: 'c' }, 'COMPLETED'),
    hashLink('', { ...LINK, task: 2 }, 'COMPLETED'),
    hashLink('', { ...LINK, tasks: 6 }, 'COMPLETED'),
    hashLink('', { ...LINK, sentAt: 1 }, 'COMPLETED'),
    hashLink('', LINK, 'FAILED'),
  ];
  expect(new Set([HASH, ...others]).size).toBe(others.length + 1);
});
