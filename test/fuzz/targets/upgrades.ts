import type { Random } from '../../simulation/random.js';
import { cut, mutate } from '../byte-mutations.js';
import type { FuzzTarget } from '../fuzz-target.js';
import { ODD_ADDRESSES, ODD_TEXTS, ODD_TOKENS } from '../odd-texts.js';
import { describeHttpInput, playHttpInputs, type HttpInput } from './http-exchange.js';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';

/** The fields of a valid handshake. */
const FIELDS: readonly (readonly [string, string])[] = [
  ['Host', 'x'],
  ['Upgrade', 'websocket'],
  ['Connection', 'Upgrade'],
  ['Sec-WebSocket-Key', KEY],
  ['Sec-WebSocket-Version', '13'],
];

const OPTIONAL: readonly (readonly [string, readonly string[]])[] = [
  ['Authorization', ODD_TOKENS],
  ['Connection', ['keep-alive, Upgrade', 'close', 'upgrade, upgrade']],
  ['Content-Length', ['0', '10', '-1']],
  ['Forwarded', ODD_ADDRESSES],
  ['Origin', ['null', 'https://a.example', ...ODD_TEXTS]],
  [
    'Sec-WebSocket-Extensions',
    ['permessage-deflate', 'permessage-deflate; client_max_window_bits=99', 'x; y="', ','],
  ],
  ['Sec-WebSocket-Key', ['', 'short', KEY.repeat(50)]],
  [
    'Sec-WebSocket-Protocol',
    ['token.x', 'token.', 'recodex.v1, token.x', 'recodex.v2, recodex.v1', 'a, a', '', ','],
  ],
  ['Sec-WebSocket-Version', ['8', '0', '14', '13, 8', 'x']],
  ['Transfer-Encoding', ['chunked']],
  ['Upgrade', ['WebSocket', 'h2c, websocket', 'websocket/13', '']],
  ['X-Forwarded-For', ODD_ADDRESSES],
];

/** WebSocket handshakes with missing, repeated, odd and mutated fields, on any path. */
export const upgradesTarget: FuzzTarget<HttpInput> = {
  name: 'upgrades',
  batch: 200,
  create(random) {
    const fields = FIELDS.filter(() => random.chance(0.95)).map(([name, value]) => `${name}: ${value}`);
    for (let i = random.int(0, 3); i > 0; i--) {
      const [name, values] = random.pick(OPTIONAL);
      fields.splice(random.int(0, fields.length), 0, `${name}: ${random.pick(values)}`);
    }
    const method = random.chance(0.95) ? 'GET' : random.pick(['POST', 'CONNECT', 'OPTIONS']);
    const head = `${method} ${path(random)} HTTP/1.1\r\n${fields.join('\r\n')}\r\n\r\n`;
    const bytes = Buffer.from(head, 'latin1');
    return {
      listener: random.chance(0.9) ? 'public' : 'admin',
      pieces: cut(random.chance(0.5) ? bytes : mutate(bytes, random), random),
      resets: random.chance(0.1),
    };
  },
  describe: describeHttpInput,
  play: playHttpInputs,
};

function path(random: Random): string {
  const text = random.pick(ODD_TEXTS);
  return random.pick([
    '/',
    '/channels/job-1',
    '/channels/',
    `/channels/${encodeURIComponent(text)}`,
    `/${text}`,
  ]);
}
