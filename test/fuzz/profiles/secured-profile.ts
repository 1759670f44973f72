import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SenderKeys } from '../../../src/cli/curve-options.js';
import { createCurveKeyPair } from '../../../src/config/curve-key.js';
import { Certificates } from '../../fixtures/certificates.js';
import { CurveFolder } from '../../fixtures/curve-folder.js';
import { TokenKeys } from '../../fixtures/token-keys.js';
import { COMMON_SETTINGS, QUOTA_SETTINGS, type FuzzProfile } from './fuzz-profile.js';
import { FUZZ_AUDIENCE, TokenForge } from './token-forge.js';

/** A configuration whose keys may have any value without harm to healthy clients. The variables set all others. */
const FREE_CONFIGURATION = `origins: ["https://a.example", "https://*.b.example"]
limits: {encoded_bytes: 33554432, not_found_per_second_per_address: 500}
health: {max_delay: 5}
legacy: {farewell: true}
shutdown: {drain: 2}
logger: {level: info, file: off}
`;

/** The files that the target `reload` damages. */
export interface SecuredFiles {
  readonly config: string;
  readonly cert: string;
  readonly key: string;
  readonly jwks: string;
  readonly clients: string;
}

/** Tokens, TLS, CURVE, quotas and origins, with their files in temporary folders. */
export class SecuredProfile implements FuzzProfile {
  readonly name = 'secured';
  readonly usesTls = true;
  readonly settings: Readonly<Record<string, string>>;
  readonly file: string;
  readonly operatorToken: string;
  readonly access: { readonly curve: SenderKeys; readonly token: string };
  readonly forge: TokenForge;
  readonly files: SecuredFiles;
  /** Keys of senders that the ROUTER must refuse. */
  readonly refusedSenders: readonly SenderKeys[];
  private readonly folder = mkdtempSync(join(tmpdir(), 'recodex-monitor-fuzz-'));
  private readonly keys = new TokenKeys();

  constructor() {
    this.forge = new TokenForge(this.keys);
    const certificates = new Certificates();
    certificates.path = this.folder;
    const { cert, key } = certificates.make();
    const curve = new CurveFolder({ path: this.folder, file: (name) => join(this.folder, name) });
    const good = curve.addSender();
    const revoked = curve.addSender();
    curve.revoke(revoked);
    const { key: curveKey, clients } = curve.write();
    this.refusedSenders = [
      revoked,
      { ...createCurveKeyPair(), serverKey: good.serverKey },
      { ...good, serverKey: createCurveKeyPair().publicKey },
    ];
    this.file = join(this.folder, 'config.yml');
    writeFileSync(this.file, FREE_CONFIGURATION);
    this.files = { config: this.file, cert, key, jwks: this.forge.jwks, clients };
    this.operatorToken = this.forge.valid({ scope: 'admin', channels: ['*'] });
    this.access = { curve: good, token: this.forge.valid({ channels: ['*'] }) };
    this.settings = {
      ...COMMON_SETTINGS,
      ...QUOTA_SETTINGS,
      AUTH_KEYS: this.forge.sources,
      AUTH_AUDIENCE: FUZZ_AUDIENCE,
      AUTH_ADMIN: 'true',
      TLS_CERT: cert,
      TLS_KEY: key,
      ZEROMQ_CURVE_KEY: curveKey,
      ZEROMQ_CURVE_CLIENTS: clients,
    };
  }

  /** Two of three inputs have a good token in the first request. The length of the input decides. */
  dress(pieces: readonly Buffer[]): readonly Buffer[] {
    if (pieces.reduce((sum, { length }) => sum + length, 0) % 3 === 0) return pieces;
    const field = `Host: x\r\nAuthorization: Bearer ${this.operatorToken}\r\n`;
    let isDone = false;
    return pieces.map((piece) => {
      const text = piece.toString('latin1');
      if (isDone || !text.includes('Host: x\r\n')) return piece;
      isDone = true;
      return Buffer.from(text.replace('Host: x\r\n', field), 'latin1');
    });
  }

  remove(): void {
    this.keys.remove();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
