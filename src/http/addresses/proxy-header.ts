import { isIPv4, isIPv6 } from 'node:net';
import { normalizeIp } from '../../config/network.js';

/** The header of a connection that a proxy has opened for a client. */
export interface ProxyHeader {
  /** Length of the header in bytes. The bytes of the client follow. */
  readonly bytes: number;
  /** The address of the client; `undefined` for a connection of the proxy itself, such as a health check. */
  readonly client: string | undefined;
}

/** The result for bytes that are not a header yet: more are needed, or the reason why they never become one. */
export type UnfinishedHeader = 'incomplete' | { readonly invalid: string };

const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const TEXT_START = Buffer.from('PROXY ', 'latin1');

/** The longest header of version 1, with its line end. */
const LONGEST_TEXT = 107;

/** The longest header of version 2 that is accepted. Its addresses take 36 bytes, the rest are extensions (TLVs). */
const LONGEST_BINARY = 4096;

const HEAD = 16;
const VERSION = 2;
const LOCAL = 0;
const PROXY = 1;

/** Bytes of the client's address, and of all addresses and ports, by address family (AF_INET, AF_INET6). */
const FAMILIES: Readonly<Record<number, { readonly address: number; readonly all: number }>> = {
  1: { address: 4, all: 12 },
  2: { address: 16, all: 36 },
};

/** Families without an IP address: unspecified, and Unix sockets. */
const WITHOUT_ADDRESS: readonly number[] = [0, 3];

/** Reads a header of the PROXY protocol, version 1 or 2, from the first bytes of a connection. */
export function readProxyHeader(bytes: Buffer): ProxyHeader | UnfinishedHeader {
  if (startsLike(bytes, TEXT_START)) return readText(bytes);
  if (startsLike(bytes, SIGNATURE)) return readBinary(bytes);
  return { invalid: 'no header' };
}

/** Whether the bytes begin with `start`, as far as they go. */
function startsLike(bytes: Buffer, start: Buffer): boolean {
  const length = Math.min(bytes.length, start.length);
  return bytes.compare(start, 0, length, 0, length) === 0;
}

function readText(bytes: Buffer): ProxyHeader | UnfinishedHeader {
  const end = bytes.subarray(0, LONGEST_TEXT).indexOf('\r\n');
  if (end < 0) return bytes.length < LONGEST_TEXT ? 'incomplete' : { invalid: 'line too long' };
  const line = bytes.toString('latin1', 0, end);
  const header = { bytes: end + 2, client: undefined };
  if (/^PROXY UNKNOWN( |$)/.test(line)) return header;
  const [, family, source, target, ...ports] = line.split(' ');
  const isAddress = family === 'TCP4' ? isIPv4 : family === 'TCP6' ? isIPv6 : undefined;
  const valid =
    isAddress?.(source ?? '') &&
    isAddress(target ?? '') &&
    ports.length === 2 &&
    ports.every((port) => isPort(port));
  return valid ? { ...header, client: normalizeIp(source!) } : { invalid: 'malformed line' };
}

function isPort(text: string): boolean {
  return /^(0|[1-9]\d{0,4})$/.test(text) && Number(text) <= 65_535;
}

function readBinary(bytes: Buffer): ProxyHeader | UnfinishedHeader {
  if (bytes.length < HEAD) return 'incomplete';
  const version = bytes[12]! >> 4;
  const command = bytes[12]! & 0xf;
  const family = bytes[13]! >> 4;
  const length = bytes.readUInt16BE(14);
  if (version !== VERSION) return { invalid: 'unknown version' };
  if (command !== LOCAL && command !== PROXY) return { invalid: 'unknown command' };
  if (HEAD + length > LONGEST_BINARY) return { invalid: 'header too long' };
  if (bytes.length < HEAD + length) return 'incomplete';
  const header = { bytes: HEAD + length, client: undefined };
  if (command === LOCAL || WITHOUT_ADDRESS.includes(family)) return header;
  const sizes = FAMILIES[family];
  if (!sizes) return { invalid: 'unknown address family' };
  if (length < sizes.all) return { invalid: 'addresses too short' };
  return { ...header, client: addressOf(bytes.subarray(HEAD, HEAD + sizes.address)) };
}

function addressOf(bytes: Buffer): string | undefined {
  if (bytes.length === 4) return bytes.join('.');
  const hextets = Array.from({ length: 8 }, (_, index) => bytes.readUInt16BE(index * 2).toString(16));
  const isMapped = bytes.readBigUInt64BE(0) === 0n && bytes.readUInt32BE(8) === 0xffff;
  return isMapped ? bytes.subarray(12).join('.') : hextets.join(':');
}
