import { createHmac } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Certificates } from '../fixtures/certificates.js';

/** The secret for tokens. */
const SECRET = 's'.repeat(48);

const CONFIGURATION = `websocket_uri: ['127.0.0.1', 4567]
zeromq_uri: ['127.0.0.1', 7894]
logger:
  file: '/var/log/recodex/monitor.log'
auth:
  keys:
    - { alg: HS256, file: /etc/recodex/monitor/token.key }
  audience: recodex-monitor
`;

/** The files of an installed monitor that the documentation names: configuration, keys, a journal, a log. */
export class SandboxTemplate {
  readonly root = mkdtempSync(join(tmpdir(), 'recodex-monitor-template-'));

  constructor(certificates: Certificates) {
    for (const home of ['etc/recodex/monitor', 'home']) this.write(`${home}/token.key`, SECRET);
    for (const directory of [
      'root',
      'opt/recodex-monitor',
      'home/.config/fish/completions',
      'var/lib/recodex-monitor',
      'etc/letsencrypt/renewal-hooks/deploy',
    ])
      mkdirSync(join(this.root, directory), { recursive: true });
    this.write('var/log/recodex/monitor.log', 'Ready\n');
    this.write('etc/recodex/monitor/config.yml.rpmsave', '');
    this.write('etc/recodex/monitor/redis-password', 'of-redis\n');
    this.write('home/token.txt', expiredToken());
    this.write('var/lib/recodex-monitor/journal-0.damaged', '');
    const { cert, key } = certificates.make();
    const places = {
      'etc/recodex/monitor/tls': ['fullchain.pem', 'privkey.pem'],
      'etc/letsencrypt/live/recodex.example.org': ['fullchain.pem', 'privkey.pem'],
    } as const;
    for (const [directory, [certName, keyName]] of Object.entries(places)) {
      this.write(`${directory}/${certName}`, certificates.read(cert));
      this.write(`${directory}/${keyName}`, certificates.read(key));
    }
  }

  /** The configuration of the machine. Its paths are those of the machine. */
  readonly configuration = CONFIGURATION;

  /** Moves the files of a stopped monitor's journal to the place of a service's journal. */
  addJournal(directory: string): void {
    cpSync(directory, join(this.root, 'var/lib/recodex-monitor'), { recursive: true });
    rmSync(directory, { recursive: true });
  }

  /** Adds the CURVE keys of a folder: for the monitor, and for a sender in its home directory. */
  addCurveKeys(folder: string): void {
    for (const name of ['client.key', 'monitor.pub'])
      cpSync(join(folder, name), join(this.root, 'home', name));
    renameSync(folder, join(this.root, 'etc/recodex/monitor/keys'));
  }

  /** The path of a file with CURVE keys. */
  curveFile(name: string): string {
    return join(this.root, 'etc/recodex/monitor/keys', name);
  }

  remove(): void {
    rmSync(this.root, { recursive: true, force: true });
  }

  private write(path: string, text: string): void {
    const file = join(this.root, path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, text, { mode: 0o600 });
  }
}

function expiredToken(): string {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { aud: 'recodex-monitor', channels: ['job-1'], exp: 1_700_000_000 };
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${createHmac('sha256', SECRET).update(signed).digest('base64url')}`;
}
