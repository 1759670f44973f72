import { handshake } from '../../fixtures/raw-http.js';
import type { Random } from '../../simulation/random.js';
import { cut, mutate, randomBytes } from '../byte-mutations.js';
import type { FuzzTarget } from '../fuzz-target.js';
import { PROXY_PREAMBLES } from '../odd-texts.js';
import { describeHttpInput, playHttpInputs, type HttpInput } from './http-exchange.js';

const BODY = '{"command":"STARTED"}';

/** Valid requests, from which the mutated ones are made. */
const REQUESTS: readonly string[] = [
  'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
  'GET /channels/job-1?after=aaaaaa-1 HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n',
  'GET /channels/job-2 HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\nIf-None-Match: "x"\r\n\r\n',
  'GET /channels/job-3 HTTP/1.1\r\nHost: x\r\nAccept: text/html\r\nConnection: close\r\n\r\n',
  'HEAD /client.js HTTP/1.0\r\nHost: x\r\n\r\n',
  'OPTIONS /channels/job-4 HTTP/1.1\r\nHost: x\r\nOrigin: https://a.example\r\nAccess-Control-Request-Method: GET\r\n\r\n',
  `POST /channels/job-5 HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`,
  `POST /channels/job-6 HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-ndjson\r\nTransfer-Encoding: chunked\r\n\r\n${BODY.length.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`,
  'GET /channels?limit=10 HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n',
  'GET / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABk\r\n\r\n',
  'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  '\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03',
  handshake('/'),
  handshake('/channels/job-7'),
];

/** Raw bytes at both HTTP servers: mutated, cut and repeated requests, noise, and preambles of proxies. */
export const httpTarget: FuzzTarget<HttpInput> = {
  name: 'http',
  batch: 200,
  create(random) {
    const bytes = Buffer.concat([preamble(random), requests(random)]);
    return {
      listener: random.pick(['public', 'public', 'admin']),
      pieces: cut(bytes, random),
      resets: random.chance(0.1),
    };
  },
  describe: describeHttpInput,
  play: playHttpInputs,
};

function preamble(random: Random): Buffer {
  return Buffer.from(random.chance(0.1) ? random.pick(PROXY_PREAMBLES) : '', 'latin1');
}

function requests(random: Random): Buffer {
  const kind = random.weighted({ mutated: 80, two: 10, noise: 5, valid: 5 });
  if (kind === 'noise') return randomBytes(random, 0, 300);
  const request = (): Buffer => Buffer.from(random.pick(REQUESTS), 'latin1');
  if (kind === 'valid') return request();
  if (kind === 'two') return Buffer.concat([request(), mutate(request(), random)]);
  return mutate(request(), random);
}
