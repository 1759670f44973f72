import { describe, expect, it } from 'vitest';
import { bodyFormatOf } from '../../src/publishing/body-format.js';
import { producerOf } from '../../src/publishing/producer-headers.js';
import { PublishRefused } from '../../src/publishing/publish-refused.js';

function attempt(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof PublishRefused)) throw error;
    return `${error.getStatus()}: ${error.message}`;
  }
}

describe('the content type', () => {
  it.each([
    ['application/json', 'json'],
    ['Application/JSON ; charset="UTF-8"', 'json'],
    ['application/x-ndjson; charset=utf-8', 'ndjson'],
  ])('%s is %s', (type, format) => {
    expect(bodyFormatOf({ 'content-type': type })).toBe(format);
  });

  it.each([
    [{}, 'Expected Content-Type to be application/json or application/x-ndjson, got none'],
    [{ 'content-type': 'application/x-www-form-urlencoded' }, 'got application/x-www-form-urlencoded'],
    [{ 'content-type': 'text/plain' }, 'got text/plain'],
    [{ 'content-type': 'application/json-patch+json' }, 'got application/json-patch+json'],
    [{ 'content-type': 'application/json; charset=latin1' }, 'Expected charset to be utf-8, got latin1'],
    [
      { 'content-type': 'application/json', 'content-encoding': 'gzip' },
      'Expected a body without Content-Encoding, got gzip',
    ],
  ])('is refused: %j', (headers, text) => {
    expect(attempt(() => bodyFormatOf(headers))).toMatch(/^415: /);
    expect(attempt(() => bodyFormatOf(headers))).toContain(text);
  });
});

describe('the headers of a producer', () => {
  it('are optional', () => {
    expect(producerOf({})).toBeUndefined();
  });

  it('give a stamp', () => {
    expect(producer('ci/runner 1', '0', '9007199254740991')).toEqual({
      id: 'ci/runner 1',
      epoch: 0,
      seq: Number.MAX_SAFE_INTEGER,
    });
  });

  it.each([
    [undefined, '0', '0', 'got no Producer-Id'],
    ['a', undefined, '0', 'got no Producer-Epoch'],
    ['a', undefined, undefined, 'got no Producer-Epoch and no Producer-Seq'],
    ['', '0', '0', 'Producer-Id: expected 1 to 256 characters, got 0'],
    ['x'.repeat(257), '0', '0', 'Producer-Id: expected 1 to 256 characters, got 257'],
    ['a', '-1', '0', 'Producer-Epoch: expected a whole number from 0 to 9007199254740991, got "-1"'],
    ['a', '0', '1.5', 'Producer-Seq: expected a whole number'],
    ['a', '0', '', 'Producer-Seq: expected a whole number'],
    ['a', '0', '0x1', 'Producer-Seq: expected a whole number'],
    ['a', '0', '9007199254740992', 'Producer-Seq: expected a whole number'],
  ])('are refused: %.10s, %s, %s', (id, epoch, seq, text) => {
    expect(attempt(() => producer(id, epoch, seq))).toMatch(/^400: /);
    expect(attempt(() => producer(id, epoch, seq))).toContain(text);
  });
});

function producer(id?: string, epoch?: string, seq?: string): unknown {
  return producerOf({
    ...(id !== undefined && { 'producer-id': id }),
    ...(epoch !== undefined && { 'producer-epoch': epoch }),
    ...(seq !== undefined && { 'producer-seq': seq }),
  });
}
