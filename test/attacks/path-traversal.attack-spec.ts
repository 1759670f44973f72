import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { firstBytes } from '../fixtures/raw-http.js';
import { Daemon } from './daemon.js';

let daemon: Daemon;

beforeAll(async () => void (daemon = await Daemon.start()));
afterAll(() => daemon.kill());

const UP = '../'.repeat(12);

/** Ways to write `../` in a request target. */
const ENCODINGS: readonly (readonly [string, (path: string) => string])[] = [
  ['plain', (path) => path],
  ['encoded', (path) => path.replaceAll('../', '%2e%2e%2f')],
  ['encoded slashes', (path) => path.replaceAll('/', '%2f')],
  ['encoded dots', (path) => path.replaceAll('..', '%2E%2E')],
  ['encoded twice', (path) => path.replaceAll('../', '%252e%252e%252f')],
  ['encoded three times', (path) => path.replaceAll('../', '%25252e%25252e%25252f')],
  ['backslashes', (path) => path.replaceAll('/', '\\')],
  ['encoded backslashes', (path) => path.replaceAll('/', '%5c')],
  ['overlong UTF-8', (path) => path.replaceAll('../', '%c0%ae%c0%ae%c0%af')],
  ['overlong UTF-8 of three bytes', (path) => path.replaceAll('../', '%e0%80%ae%e0%80%ae%e0%80%af')],
  ['UTF-16 escapes', (path) => path.replaceAll('../', '%u002e%u002e%u002f')],
  ['full-width characters', (path) => path.replaceAll('../', '%ef%bc%8e%ef%bc%8e%ef%bc%8f')],
  ['dots that a filter leaves', (path) => path.replaceAll('../', '....//')],
  ['path parameters', (path) => path.replaceAll('../', '..;/')],
  ['an encoded NUL at the end', (path) => `${path}%00.js`],
  ['a query', (path) => `${path}?.js`],
];

const FILES = ['etc/passwd', 'proc/self/environ', 'package.json', 'dist/main.js'];

/** Where files are served. */
const BASES = ['/', '/assets/', '/api/', '/client.js/', '/prefix/assets/', '/channels/'];

const TARGETS = BASES.flatMap((base) => [
  ...FILES.map((file) => base + UP + file),
  `${base}/etc/passwd`,
  `${base}file:///etc/passwd`,
]);

function get(target: string): string {
  return `GET ${target} HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\nConnection: close\r\n\r\n`;
}

describe.each(['public', 'admin'] as const)(
  'no request reads a file of the machine: %s listener',
  (listener) => {
    async function expectNoFile(target: string): Promise<void> {
      const port = listener === 'public' ? daemon.publicPort : daemon.adminPort;
      const answer = await firstBytes(`http://127.0.0.1:${port}`, get(target));
      expect([target, answer.slice(9, 12)]).toEqual([target, expect.stringMatching(/^(400|404|421)$/)]);
      expect(answer).not.toMatch(/root:|PATH=|bundleDependencies|\/work|at file:/);
    }

    it.each(ENCODINGS)('%s', async (_, encode) => {
      for (const target of TARGETS) await expectNoFile(encode(target));
    });

    it.each(['http://x', 'https://x', 'http://x:1@y', 'file://', 'gopher://x', 'HTTP://x'])(
      'the absolute form with %s',
      async (origin) => {
        for (const target of TARGETS) await expectNoFile(origin + target);
      },
    );

    it('a NUL, a control character or a space in the target is a bad request', async () => {
      const port = listener === 'public' ? daemon.publicPort : daemon.adminPort;
      for (const character of ['\0', '\x01', '\x1b', '\x7f', ' ', '\t']) {
        const request = get(`/assets/${UP}etc/passwd${character}.js`);
        expect(await firstBytes(`http://127.0.0.1:${port}`, request)).toMatch(/^HTTP\/1\.1 400 /);
      }
    });
  },
);
