import type { Random } from '../../simulation/random.js';
import { mutateText } from '../byte-mutations.js';
import type { FuzzDaemon } from '../fuzz-daemon.js';
import type { FuzzTarget } from '../fuzz-target.js';
import { ODD_ADDRESSES, ODD_TEXTS, ODD_TOKENS } from '../odd-texts.js';
import { describeHttpInput, playHttpInputs, type HttpInput } from './http-exchange.js';

/** A path of one of the servers, as OpenAPI writes it: `/channels/{id}`. */
interface FuzzRoute {
  readonly listener: 'public' | 'admin';
  readonly path: string;
}

/** The paths of the public server. The OpenAPI document lists those of the admin server. */
const PUBLIC_ROUTES: readonly FuzzRoute[] = [
  '/',
  '/channels/{id}',
  '/channels/{id}/badge.svg',
  '/channels/{id}/summary.json',
  '/channels/{id}/messages.ndjson',
  '/prefix/channels/{id}',
  '/assets/{name}',
  '/client.js',
  '/health/live',
  '/health/ready',
  '/metrics',
  '/nothing',
].map((path) => ({ listener: 'public', path }));

const METHODS = [
  'GET',
  'GET',
  'GET',
  'HEAD',
  'OPTIONS',
  'POST',
  'PUT',
  'DELETE',
  'PATCH',
  'TRACE',
  'QUERY',
  'get',
];

/** Headers that the daemon or Node.js reads, with their likely values. */
const HEADERS: Readonly<Record<string, readonly string[]>> = {
  Accept: [
    'application/json',
    'text/html',
    'text/event-stream',
    '*/*',
    'image/png',
    'application/x-ndjson',
    'a/b;q=2;q=x',
  ],
  'Accept-Encoding': ['gzip, br', 'identity;q=0'],
  'Access-Control-Request-Headers': ['authorization', 'x-other'],
  'Access-Control-Request-Method': ['GET', 'DELETE'],
  Authorization: ODD_TOKENS,
  'Cache-Control': ['no-cache', 'only-if-cached'],
  Connection: ['close', 'keep-alive', 'Upgrade', 'Host', 'x, y'],
  'Content-Encoding': ['gzip', 'identity', 'deflate, gzip'],
  'Content-Length': ['0', '2', '-1', '1e1', '0x2', '2, 2', '99999999999999999999'],
  'Content-Type': [
    'application/json',
    'application/x-ndjson; charset=utf-7',
    'multipart/form-data; boundary=',
  ],
  Cookie: ['a=b', '__proto__=1'],
  Expect: ['100-continue', 'x'],
  Forwarded: ODD_ADDRESSES,
  'If-None-Match': ['*', '"x"', 'W/"x"'],
  'Last-Event-ID': ['aaaaaa-1', 'end'],
  Origin: ['null', 'https://a.example', 'http://127.0.0.1', 'file://', 'https://[', 'x'],
  'Producer-Epoch': ['0', '1', '-1', '1.5'],
  'Producer-Id': ['p'],
  'Producer-Seq': ['0', '1', '9007199254740993'],
  Range: ['bytes=0-0', 'bytes=-1', 'lines=1'],
  'Sec-Fetch-Site': ['cross-site', 'same-origin', 'none'],
  'Sec-WebSocket-Protocol': ['token.x', 'token.', 'recodex.v1, token.a.b.c', 'recodex.v2', ',', 'a b'],
  'Transfer-Encoding': ['chunked', 'identity', 'gzip, chunked', 'chunked, chunked'],
  Upgrade: ['websocket', 'h2c', 'websocket, h2c', ''],
  'X-Forwarded-For': ODD_ADDRESSES,
  'X-Forwarded-Host': ['evil.example'],
  'X-Forwarded-Proto': ['https', 'javascript'],
  'X-Http-Method-Override': ['DELETE'],
  'X-Real-IP': ODD_ADDRESSES,
};

const QUERY_NAMES = [
  'after',
  'lastEventId',
  'limit',
  'from',
  'epoch',
  'cursor',
  'state',
  'prefix',
  'messages',
  '__proto__',
  'a[b]',
];

let routes: readonly FuzzRoute[] = [];

/** Requests to every route of both servers, with odd methods, parameters and headers. */
export const routesTarget: FuzzTarget<HttpInput> = {
  name: 'routes',
  batch: 200,
  async prepare(daemon) {
    routes = [...PUBLIC_ROUTES, ...(await adminRoutes(daemon))];
  },
  create(random) {
    const { listener, path } = random.pick(routes);
    const target = path.replaceAll(/\{\w+\}/g, () => parameter(random)) + query(random);
    const head = [`${random.pick(METHODS)} ${target} HTTP/1.1`, 'Host: x', ...headers(random)];
    const body = random.chance(0.2) ? '{}' : '';
    return { listener, pieces: [Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`, 'latin1')] };
  },
  describe: describeHttpInput,
  play: playHttpInputs,
};

/** The routes of the admin server, from its OpenAPI document. */
async function adminRoutes({ daemon }: FuzzDaemon): Promise<FuzzRoute[]> {
  const { paths } = (await (await daemon.admin('/api-json')).json()) as { paths: object };
  return Object.keys(paths).map((path) => ({ listener: 'admin', path }));
}

/** An id of a channel, or a text that is none. Often encoded, as a client should do. */
function parameter(random: Random): string {
  if (random.chance(0.4)) return `job-${random.int(0, 20)}`;
  const text = random.pick(ODD_TEXTS);
  return random.chance(0.7) ? encodeURIComponent(text) : text;
}

function query(random: Random): string {
  const pairs = Array.from({ length: random.pick([0, 0, 1, 2, 30]) }, () => {
    const value = random.pick(ODD_TEXTS);
    return `${random.pick(QUERY_NAMES)}=${random.chance(0.8) ? encodeURIComponent(value) : value}`;
  });
  return pairs.length > 0 ? `?${pairs.join('&')}` : '';
}

function headers(random: Random): string[] {
  const names = Object.keys(HEADERS);
  return Array.from({ length: random.pick([0, 1, 2, 3, 5, 10]) }, () => {
    const name = random.pick(names);
    const value = random.chance(0.8) ? random.pick(HEADERS[name]!) : random.pick(ODD_TEXTS);
    return `${name}: ${random.chance(0.9) ? value : mutateText(value, random)}`;
  });
}
