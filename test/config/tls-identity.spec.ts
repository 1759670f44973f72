import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ConfigError, type Problem } from '../../src/config/problem.js';
import { loadTlsIdentity } from '../../src/config/tls-identity.js';
import { openssl, useCertificates, type CertificateFiles } from '../fixtures/certificates.js';

const certificates = useCertificates();

describe('a pair of files', () => {
  it.each([{ rsa: true }, {}] as const)('is accepted, with its end: %o', async (options) => {
    const files = certificates.make({ ...options, days: 30 });
    const identity = (await load(files))!;
    expect(identity).toMatchObject({
      cert: certificates.read(files.cert),
      key: certificates.read(files.key),
    });
    const days = (identity.validTo - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(29.9);
    expect(days).toBeLessThanOrEqual(30);
  });

  it('may have the chain in the file of the certificate', async () => {
    const authority = certificates.make({ name: 'authority' });
    const files = certificates.make({ authority });
    const cert = write('fullchain.pem', certificates.read(files.cert) + certificates.read(authority.cert));
    expect(await load({ ...files, cert })).toBeDefined();
  });

  it('may be one file', async () => {
    const files = certificates.make();
    const both = write('both.pem', certificates.read(files.key) + certificates.read(files.cert), 0o600);
    expect(await load({ cert: both, key: both })).toBeDefined();
  });

  it('is not read when TLS is off', async () => {
    expect(await loadTlsIdentity({ cert: null, key: null, ca: null })).toBeUndefined();
  });
});

describe('a private key', () => {
  it('is refused when other users can read it', async () => {
    const files = certificates.make();
    chmodSync(files.key, 0o644);
    expect(await problems(files)).toEqual([
      {
        key: 'tls.key',
        expected: 'a secret that only its owner and its group can read (chmod 640 or 600)',
        got: 'mode 0644',
        source: files.key,
      },
    ]);
  });

  it('with a passphrase is refused', async () => {
    const files = certificates.make();
    const key = certificates.file('encrypted.pem');
    openssl('pkcs8', '-topk8', '-in', files.key, '-out', key, '-passout', 'pass:secret');
    expect(await problems({ ...files, key })).toMatchObject([
      { key: 'tls.key', expected: 'a private key without a passphrase', source: key },
    ]);
  });

  it('of another certificate is refused', async () => {
    const files = certificates.make();
    const { key } = certificates.make();
    expect(await problems({ ...files, key })).toEqual([
      {
        key: 'tls.key',
        expected: `the private key of ${files.cert}`,
        got: 'the key of another certificate',
        source: key,
      },
    ]);
  });

  it('of a certificate that is not the first of its file is refused with the place', async () => {
    const authority = certificates.make({ name: 'authority' });
    const files = certificates.make({ authority });
    const cert = write('reversed.pem', certificates.read(authority.cert) + certificates.read(files.cert));
    expect(await problems({ ...files, cert })).toMatchObject([{ key: 'tls.key', got: 'it at place 2 of 2' }]);
  });

  it('that is too weak for OpenSSL is refused', async () => {
    const files = { cert: certificates.file('weak.pem'), key: certificates.file('weak-key.pem') };
    openssl(
      'req',
      '-x509',
      '-subj',
      '/CN=weak',
      '-newkey',
      'rsa:512',
      '-nodes',
      '-keyout',
      files.key,
      '-out',
      files.cert,
    );
    expect(await problems(files)).toMatchObject([
      { key: 'tls.key', got: expect.stringContaining('too small') },
    ]);
  });
});

describe('a file', () => {
  // Each content of the three files, and the part of the problem that names it.
  const broken: [content: string, text: (whole: string) => string, got: RegExp][] = [
    ['empty', () => '', /empty file/],
    ['white space', () => ' \n', /empty file/],
    ['half', (whole) => whole.slice(0, whole.length / 2), /cut off|PEM|DECODER|unsupported|no start line/i],
    ['garbage', () => 'nothing', /none|PEM|DECODER|unsupported/i],
    ['damaged', (whole) => whole.replace(/\n.{20}/, '\nAAAAAAAAAAAAAAAAAAAA'), /./],
  ];

  describe.each(broken)('that is %s', (_content, change, got) => {
    it.each(['cert', 'key', 'ca'] as const)('is refused as tls.%s, with its path', async (name) => {
      const files = { ...certificates.make(), ca: certificates.make().cert };
      const path = write(`broken-${name}.pem`, change(certificates.read(files[name])), 0o600);
      const found = await problems({ ...files, [name]: path });
      expect(found).toMatchObject([{ key: `tls.${name}`, source: path }]);
      expect(found[0]!.got).toMatch(got);
    });
  });

  it('whose last certificate is cut off is refused', async () => {
    const files = certificates.make();
    const whole = certificates.read(files.cert);
    const cert = write('half-chain.pem', whole + whole.slice(0, 200));
    expect(await problems({ ...files, cert })).toMatchObject([
      { key: 'tls.cert', got: 'a file that is cut off' },
    ]);
  });

  it('that is missing is refused, like a directory, a device and a FIFO', async () => {
    const files = certificates.make();
    const directory = certificates.file('directory');
    mkdirSync(directory);
    const missing = certificates.file('missing.pem');
    expect(existsSync(missing)).toBe(false);
    for (const path of [missing, directory, '/dev/zero', '/proc/self/fd/0'])
      expect(await problems({ ...files, cert: path })).toMatchObject([{ key: 'tls.cert', source: path }]);
  });

  it('of more than a mebibyte is refused', async () => {
    const files = certificates.make();
    const cert = write('large.pem', certificates.read(files.cert).repeat(2000));
    expect(await problems({ ...files, cert })).toMatchObject([
      { expected: 'a file of at most 1048576 bytes', source: cert },
    ]);
  });
});

it('lists the problems of all files', async () => {
  const found = await problems({ cert: '/nowhere/cert', key: '/nowhere/key', ca: '/nowhere/ca' });
  expect(found.map(({ key }) => key)).toEqual(['tls.cert', 'tls.key', 'tls.ca']);
});

it('never puts a private key into a problem', async () => {
  const { key, cert } = certificates.make();
  const secret = certificates.read(key).split('\n')[1]!;
  for (const files of [
    { cert: key, key: cert },
    { cert: key, key },
    { cert, key: certificates.make().key },
  ]) {
    const copy = write('copy.pem', certificates.read(files.key), 0o600);
    const found = await problems({ ...files, key: copy });
    expect(JSON.stringify(found)).not.toContain(secret);
  }
});

function load(files: Partial<CertificateFiles & { ca: string }>) {
  return loadTlsIdentity({ cert: null, key: null, ca: null, ...files });
}

async function problems(files: Partial<CertificateFiles & { ca: string }>): Promise<readonly Problem[]> {
  const error: unknown = await load(files).catch((reason: unknown) => reason);
  if (error instanceof ConfigError) return error.problems;
  throw new Error('The files have no problem');
}

function write(name: string, text: string, mode = 0o644): string {
  const path = certificates.file(name);
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}
