import { describe, expect, test } from 'vitest';
import { CONTENT_ENCODINGS, contentEncodingFor } from '../../src/page/content-encoding.js';

describe('the encoding of a response', () => {
  test.each([
    [undefined, 'identity'],
    ['', 'identity'],
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip, deflate', 'gzip'],
    ['GZIP', 'gzip'],
    ['x-gzip', 'gzip'],
    ['br;q=0.1, gzip;q=0.9', 'gzip'],
    ['br;q=0.5, gzip;q=0.5', 'br'],
    ['br; q=1.000 , gzip', 'br'],
    ['br;q=0', 'identity'],
    ['*', 'br'],
    ['*;q=0.5, br;q=0', 'gzip'],
    ['identity', 'identity'],
    ['identity;q=1, gzip;q=0.5', 'identity'],
    ['gzip;q=0.001', 'gzip'],
    ['identity;q=0, gzip', 'gzip'],
    ['*;q=0, identity;q=0.1', 'identity'],
    ['zstd', 'identity'],
    ['br;q=2', 'identity'],
    ['br;q=x', 'identity'],
    ['br;level=1', 'identity'],
    ['br;;;, ,;q=1,gzip', 'gzip'],
    ['__proto__, constructor', 'identity'],
    ['identity;q=0', undefined],
    ['*;q=0', undefined],
    ['identity;q=0, zstd', undefined],
  ])('for %j is %s', (header, encoding) => {
    expect(contentEncodingFor(header, CONTENT_ENCODINGS)).toBe(encoding);
  });

  test('is one that the response has', () => {
    expect(contentEncodingFor('br, gzip;q=0.5', ['gzip', 'identity'])).toBe('gzip');
    expect(contentEncodingFor('br', ['identity'])).toBe('identity');
    expect(contentEncodingFor('br, identity;q=0', ['identity'])).toBeUndefined();
  });
});
