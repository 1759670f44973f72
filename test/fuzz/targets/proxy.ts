import { readProxyHeader } from '../../../src/http/addresses/proxy-header.js';
import type { Random } from '../../simulation/random.js';
import { cut, mutate, mutateText, randomBytes } from '../byte-mutations.js';
import type { FuzzTarget } from '../fuzz-target.js';
import { ODD_ADDRESSES, ODD_TEXTS, PROXY_PREAMBLES } from '../odd-texts.js';
import { describeHttpInput, playHttpInputs, type HttpInput } from './http-exchange.js';

const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');

const ADDRESSES = ['192.0.2.1', '2001:db8::1', '127.0.0.1', '::ffff:192.0.2.1', '10.1.2.3', '0.0.0.0'];

const FORWARDING = ['Forwarded', 'X-Forwarded-For', 'X-Real-IP', 'X-Forwarded-Proto'];

/**
 * Headers of the PROXY protocol, versions 1 and 2, whole, cut and mutated, before requests with forwarded addresses. A
 * connection with a wrong header must get no answer.
 */
export const proxyTarget: FuzzTarget<HttpInput> = {
  name: 'proxy',
  batch: 200,
  create(random) {
    const header = random.chance(0.5) ? headerOf(random) : mutate(headerOf(random), random);
    const request = Buffer.from(requestOf(random), 'latin1');
    const bytes = Buffer.concat([header, request]);
    const read = readProxyHeader(bytes);
    const isRight = typeof read === 'object' && 'bytes' in read;
    return {
      listener: 'public',
      pieces: cut(bytes, random),
      isBare: true,
      check: (answer) => (!isRight && answer.length > 0 ? 'an answer after a wrong header' : undefined),
    };
  },
  describe: describeHttpInput,
  play: playHttpInputs,
};

function headerOf(random: Random): Buffer {
  const kind = random.weighted({ text: 40, binary: 40, preamble: 15, noise: 5 });
  if (kind === 'text') return Buffer.from(textHeader(random));
  if (kind === 'binary') return binaryHeader(random);
  if (kind === 'preamble') return Buffer.from(random.pick(PROXY_PREAMBLES), 'latin1');
  return randomBytes(random, 0, 120);
}

function textHeader(random: Random): string {
  const family = random.pick(['TCP4', 'TCP4', 'TCP6', 'UNKNOWN', 'UDP4']);
  const odd = random.chance(0.1) ? random.pick(ODD_TEXTS) : random.pick(ADDRESSES);
  return `PROXY ${family} ${random.pick(ADDRESSES)} ${odd} ${random.int(0, 70_000)} ${random.int(0, 70_000)}\r\n`;
}

function binaryHeader(random: Random): Buffer {
  const addresses = randomBytes(random, 0, random.pick([0, 12, 36, 216, 5000]));
  const head = Buffer.alloc(4);
  head[0] = (random.chance(0.95) ? 0x20 : random.int(0, 15) << 4) | random.pick([0, 1, 1, 1, 2, 15]);
  head[1] = (random.pick([0, 1, 1, 2, 2, 3, 4, 15]) << 4) | random.int(0, 3);
  head.writeUInt16BE(random.chance(0.9) ? addresses.length : random.int(0, 65_535), 2);
  return Buffer.concat([SIGNATURE, head, addresses]);
}

function requestOf(random: Random): string {
  const fields = Array.from({ length: random.int(0, 4) }, () => {
    const value = random.pick(ODD_ADDRESSES);
    return `${random.pick(FORWARDING)}: ${random.chance(0.5) ? value : mutateText(value, random)}\r\n`;
  });
  const path = random.pick(['/health/live', `/channels/job-${random.int(0, 20)}`, '/nothing']);
  return `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept: application/json\r\n${fields.join('')}\r\n`;
}
