import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readCurveKey } from '../config/curve-files.js';
import { createCurveKeyPair, type CurveKeyPair } from '../config/curve-key.js';

const MONITOR_KEY = 'monitor.key';
const MONITOR_PUBLIC_KEY = 'monitor.pub';
const CLIENTS = 'allowed-clients';

/** Only the owner reads secret keys. */
const SECRET = 0o600;
const PUBLIC = 0o644;
const FOLDER = 0o700;

/** A folder with the CURVE keys of a monitor and its senders. */
export class CurveKeyFolder {
  /** The absolute path. */
  readonly path: string;

  constructor(path: string) {
    this.path = resolve(path);
  }

  /** The path of a file in the folder. */
  file(name: string): string {
    return join(this.path, name);
  }

  /**
   * Makes the key of a sender, allows it, and makes the keys of the monitor when they are missing. Returns whether they
   * were. Throws when the sender already has a key.
   */
  addClient(name: string): boolean {
    mkdirSync(this.path, { recursive: true, mode: FOLDER });
    const clientKey = this.file(`${name}.key`);
    if (existsSync(clientKey))
      throw new Error(`${clientKey} exists: choose another name with --client, or another folder with --out`);
    const isNew = !existsSync(this.file(MONITOR_KEY));
    const monitor = isNew ? createCurveKeyPair() : readCurveKey(this.file(MONITOR_KEY));
    if (isNew) this.writeKey(MONITOR_KEY, 'Secret CURVE key of the monitor.', monitor);
    writeFileSync(
      this.file(MONITOR_PUBLIC_KEY),
      `# Public CURVE key of the monitor.\n${monitor.publicKey}\n`,
      { mode: PUBLIC },
    );
    const client = createCurveKeyPair();
    this.writeKey(`${name}.key`, `Secret CURVE key of the sender ${name}.`, client);
    this.allow(name, client);
    return isNew;
  }

  // The flag `wx` neither replaces a file nor follows a link.
  private writeKey(file: string, title: string, { secretKey }: CurveKeyPair): void {
    writeFileSync(this.file(file), `# ${title} Nobody else may read it.\n${secretKey}\n`, {
      mode: SECRET,
      flag: 'wx',
    });
  }

  private allow(name: string, { publicKey }: CurveKeyPair): void {
    const file = this.file(CLIENTS);
    const before = existsSync(file)
      ? readFileSync(file, 'utf8')
      : '# Public CURVE keys of the senders that may connect, one per line: key, name.\n';
    const separator = before === '' || before.endsWith('\n') ? '' : '\n';
    const line = `${publicKey} ${name}\n`;
    if (existsSync(file)) appendFileSync(file, separator + line);
    else writeFileSync(file, before + line, { mode: PUBLIC, flag: 'wx' });
  }
}
