import { describe, expect, it } from 'vitest';
import { readProxyHeader } from '../../../src/http/addresses/proxy-header.js';

const SIGNATURE = '\r\n\r\n\0\r\nQUIT\n';
const REQUEST = 'GET / HTTP/1.1\r\n';

function read(text: string): ReturnType<typeof readProxyHeader> {
  return readProxyHeader(Buffer.from(text, 'latin1'));
}

/** A header of version 2. @param command version and command, then family and transport */
function binary(command: [number, number], body: readonly number[], length = body.length): string {
  return SIGNATURE + String.fromCodePoint(...command, length >> 8, length & 0xff, ...body);
}

const IPV4 = [192, 0, 2, 1, 10, 0, 0, 1, 0x12, 0x67, 0, 80];
const IPV6 = [
  0x20,
  0x01,
  0x0d,
  0xb8,
  ...Array<number>(11).fill(0),
  1,
  ...Array<number>(16).fill(0),
  1,
  2,
  3,
  4,
];
const MAPPED = [...Array<number>(10).fill(0), 255, 255, 192, 0, 2, 1, ...Array<number>(20).fill(0)];

describe('a header of version 1', () => {
  it.each([
    ['PROXY TCP4 192.0.2.1 10.0.0.1 4711 80\r\n', '192.0.2.1'],
    ['PROXY TCP6 2001:DB8::1 ::1 65535 0\r\n', '2001:db8::1'],
    ['PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n', '192.0.2.1'],
    ['PROXY UNKNOWN\r\n', undefined],
    ['PROXY UNKNOWN ffff::1 ffff::2 1 2\r\n', undefined],
  ])('%j names %s, and the request follows', (header, client) => {
    expect(read(header + REQUEST)).toEqual({ bytes: header.length, client });
  });

  it.each([
    'PROXY TCP4 192.0.2.1 10.0.0.1 4711\r\n',
    'PROXY TCP4 192.0.2.1 10.0.0.1 4711 80 1\r\n',
    'PROXY TCP4 192.0.2.1  10.0.0.1 4711 80\r\n',
    'PROXY TCP4 192.0.2.256 10.0.0.1 4711 80\r\n',
    'PROXY TCP4 2001:db8::1 ::1 4711 80\r\n',
    'PROXY TCP6 192.0.2.1 10.0.0.1 4711 80\r\n',
    'PROXY TCP4 192.0.2.1 10.0.0.1 65536 80\r\n',
    'PROXY TCP4 192.0.2.1 10.0.0.1 00 80\r\n',
    'PROXY TCP4 192.0.2.1 10.0.0.1 -1 80\r\n',
    'PROXY UDP4 192.0.2.1 10.0.0.1 4711 80\r\n',
    'PROXY UNKNOWNS\r\n',
    'PROXY \r\n',
    `PROXY TCP4 ${'1'.repeat(200)}`,
    'proxy TCP4 192.0.2.1 10.0.0.1 4711 80\r\n',
    REQUEST,
    '\x16\x03\x01\x02',
    'x',
  ])('%j is invalid', (header) => expect(read(header)).toEqual({ invalid: expect.any(String) }));
});

describe('a header of version 2', () => {
  it.each([
    ['TCP over IPv4', binary([0x21, 0x11], IPV4), '192.0.2.1'],
    ['UDP over IPv4', binary([0x21, 0x12], IPV4), '192.0.2.1'],
    ['TCP over IPv6', binary([0x21, 0x21], IPV6), '2001:db8:0:0:0:0:0:1'],
    ['a mapped address', binary([0x21, 0x21], MAPPED), '192.0.2.1'],
    ['extensions after the addresses', binary([0x21, 0x11], [...IPV4, 4, 0, 1, 9]), '192.0.2.1'],
    ['a health check of the proxy', binary([0x20, 0x00], []), undefined],
    ['a health check with addresses', binary([0x20, 0x11], IPV4), undefined],
    ['an unspecified family', binary([0x21, 0x00], [1, 2, 3]), undefined],
    ['a Unix socket', binary([0x21, 0x31], Array<number>(216).fill(97)), undefined],
  ])('of %s', (_name, header, client) => {
    expect(read(header + REQUEST)).toEqual({ bytes: header.length, client });
  });

  it.each([
    ['version 1', binary([0x11, 0x11], IPV4)],
    ['an unknown command', binary([0x22, 0x11], IPV4)],
    ['an unknown family', binary([0x21, 0x41], IPV4)],
    ['addresses that are too short', binary([0x21, 0x11], IPV4.slice(1))],
    ['a header that is too long', binary([0x21, 0x11], IPV4, 65_535)],
    ['a wrong signature', '\r\n\r\n\0\r\nQUIT\r'],
  ])('with %s is invalid', (_name, header) => {
    expect(read(header)).toEqual({ invalid: expect.any(String) });
  });
});

it.each(['PROXY TCP4 192.0.2.1 10.0.0.1 4711 80\r\n', binary([0x21, 0x21], IPV6)])(
  'each beginning of a header is incomplete: %j',
  (header) => {
    for (let length = 0; length < header.length; length++)
      expect(read(header.slice(0, length))).toBe('incomplete');
  },
);
