import { readFileSync, writeFileSync } from 'node:fs';
import { Random } from '../../simulation/random.js';
import { mutate } from '../byte-mutations.js';
import type { FuzzDaemon } from '../fuzz-daemon.js';
import type { FuzzTarget } from '../fuzz-target.js';
import { ODD_TEXTS } from '../odd-texts.js';
import { SecuredProfile, type SecuredFiles } from '../profiles/secured-profile.js';
import { createTokenInput, type TokenInput } from './token-input.js';
import { playTokenInputs } from './tokens.js';

/** Requests that are sent while the daemon reloads. */
const REQUESTS = 10;

/** Keys that may have any valid value without harm to healthy clients. */
const FREE_KEYS = [
  'origins',
  'logger.level',
  'health.max_delay',
  'legacy.farewell',
  'shutdown.drain',
  'x-y',
  'auths',
];

const VALUES = [
  '[]',
  '{}',
  '~',
  'off',
  '0',
  '-1',
  '.inf',
  'true',
  '"*"',
  '["https://a.example"]',
  '[[[]]]',
  '*missing',
];

/** A damaged file, a reload, and the requests beside it. */
interface ReloadInput {
  readonly file: keyof SecuredFiles;
  readonly damage: 'cut' | 'mutated' | 'empty' | 'keys';
  /** The seed of the damage. */
  readonly seed: number;
  readonly via: 'signal' | 'request';
  readonly requests: readonly TokenInput[];
}

/**
 * Reloads with mutated configurations and half-written certificates, keys of tokens and keys of senders, while clients
 * connect. A damaged file must change nothing: valid tokens are accepted, all others are refused, and the files as they
 * were are taken again.
 */
export const reloadTarget: FuzzTarget<ReloadInput> = {
  name: 'reload',
  batch: 10,
  expectedLines: [
    'The configuration is not valid',
    'A problem of the configuration',
    'A part could not be reloaded',
    'A change of the configuration needs a restart',
    'Refused new TLS files',
    'The allowed CURVE clients are unchanged',
    'Ignored',
  ],
  create: (random) => ({
    file: random.pick(['config', 'config', 'config', 'cert', 'key', 'jwks', 'clients'] as const),
    damage: random.pick(['cut', 'mutated', 'mutated', 'keys', 'empty'] as const),
    seed: random.int(0, 1e9),
    via: random.pick(['signal', 'request'] as const),
    requests: Array.from({ length: REQUESTS }, () => createTokenInput(random)),
  }),
  describe: ({ file, damage, seed, via, requests }) =>
    `${damage} ${file} (seed ${seed}), reload by ${via}, beside ${requests.length} requests`,
  async play(inputs, daemon) {
    const { profile } = daemon;
    if (!(profile instanceof SecuredProfile)) throw new Error('expected the profile secured');
    const problems: string[] = [];
    for (const input of inputs) {
      const path = profile.files[input.file];
      const intact = readFileSync(path);
      try {
        writeFileSync(path, damaged(intact, input));
        const reload = input.via === 'signal' ? signal(daemon) : reloadBy(daemon);
        // The key set is one of the damaged files, so its keys may be gone.
        const requests = input.requests.filter(({ kind, key }) => kind !== 'valid' || key < 4);
        problems.push(...(await playTokenInputs(requests, daemon)), ...(await reload));
      } finally {
        writeFileSync(path, intact);
      }
    }
    const restored = await daemon.daemon.admin('/-/reload', { method: 'POST' });
    if (restored.status !== 200) problems.push(`The intact files were refused: ${await restored.text()}`);
    return problems;
  },
};

async function reloadBy({ daemon }: FuzzDaemon): Promise<string[]> {
  const response = await daemon.admin('/-/reload', { method: 'POST' });
  return [200, 422].includes(response.status) ? [] : [`A reload was answered with ${response.status}`];
}

/** The daemon reports nothing about a signal. A request that comes later shares its reload, or waits for it. */
async function signal(daemon: FuzzDaemon): Promise<string[]> {
  daemon.daemon.kill('SIGHUP');
  return reloadBy(daemon);
}

function damaged(intact: Buffer, { file, damage, seed }: ReloadInput): Buffer {
  const random = new Random(seed);
  if (damage === 'empty') return Buffer.alloc(0);
  if (damage === 'cut') return intact.subarray(0, random.int(0, intact.length));
  if (damage === 'mutated' || file !== 'config') return mutate(intact, random);
  const value = random.chance(0.7) ? random.pick(VALUES) : JSON.stringify(random.pick(ODD_TEXTS));
  const [group, ...rest] = random.pick(FREE_KEYS).split('.');
  return Buffer.from(`${group}: ${rest.reduceRight((inner, name) => `{${name}: ${inner}}`, value)}\n`);
}
