import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync, cpSync } from 'node:fs';
import { createServer, type Server as SecureServer } from 'node:https';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { connect, type TLSSocket } from 'node:tls';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CertificateService } from '../../src/http/certificate.service.js';
import { POLL_INTERVAL } from '../../src/http/folder-watch.js';
import { useCertificates, type CertificateFiles } from '../fixtures/certificates.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';

const DAY = 86_400_000;

const certificates = useCertificates();
const directory = useTemporaryDirectory();
let server: SecureServer;
let service: CertificateService;
let files: CertificateFiles;
let sockets: TLSSocket[];
const warn = vi.spyOn(Logger.prototype, 'warn');
const error = vi.spyOn(Logger.prototype, 'error');

beforeEach(async () => {
  files = { cert: directory.file('cert.pem'), key: directory.file('key.pem') };
  sockets = [];
  certificates.replace(files, certificates.make({ name: 'first' }));
  server = createServer((_request, response) => void response.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
});

afterEach(() => {
  service.stop();
  for (const socket of sockets) socket.destroy();
  server.close();
  vi.useRealTimers();
  warn.mockClear();
  error.mockClear();
});

describe('the certificate', () => {
  it('is replaced by reload, and open connections stay', async () => {
    await start();
    const before = await connected();
    expect(nameOf(before)).toBe('first');
    certificates.replace(files, certificates.make({ name: 'second' }));
    expect(await service.reload()).toEqual([]);
    expect(nameOf(await connected())).toBe('second');
    expect(service.counters).toEqual({ replaced: 1, refused: 0 });
    before.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(String((await once(before, 'data'))[0])).toContain('200 OK');
  });

  it('is not replaced when the files are the same', async () => {
    await start();
    expect(await service.reload()).toEqual([]);
    expect(service.counters).toEqual({ replaced: 0, refused: 0 });
  });

  it('is replaced when its files are replaced', async () => {
    await start();
    const next = certificates.make({ name: 'renamed' });
    for (const name of ['cert', 'key'] as const) {
      cpSync(next[name], `${files[name]}.new`);
      renameSync(`${files[name]}.new`, files[name]);
    }
    await untilReplaced();
    expect(nameOf(await connected())).toBe('renamed');
  });

  it('is replaced when Kubernetes swaps the link to the folder', async () => {
    const folders = ['one', 'two'].map((name) => {
      const folder = directory.file(name);
      mkdirSync(folder);
      const made = certificates.make({ name });
      for (const file of ['cert', 'key'] as const) cpSync(made[file], join(folder, `${file}.pem`));
      return folder;
    });
    symlinkSync(folders[0]!, directory.file('..data'));
    for (const file of Object.values(files)) {
      rmSync(file);
      symlinkSync(join('..data', file.slice(dirname(file).length + 1)), file);
    }
    await start();
    expect(nameOf(await connected())).toBe('one');
    symlinkSync(folders[1]!, directory.file('..data_tmp'));
    renameSync(directory.file('..data_tmp'), directory.file('..data'));
    await untilReplaced();
    expect(nameOf(await connected())).toBe('two');
  });

  it('is replaced within a minute where the file system reports no changes', async () => {
    const elsewhere = certificates.make({ name: 'elsewhere' });
    for (const name of ['cert', 'key'] as const) {
      rmSync(files[name]);
      symlinkSync(elsewhere[name], files[name]);
    }
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    await start();
    const next = certificates.make({ name: 'polled' });
    // The folder of the links does not change.
    for (const name of ['cert', 'key'] as const) cpSync(next[name], elsewhere[name]);
    vi.advanceTimersByTime(POLL_INTERVAL);
    await untilReplaced();
    expect(nameOf(await connected())).toBe('polled');
  });
});

describe('a broken pair', () => {
  it.each([
    ['an empty key', 'key', () => ''],
    ['an empty certificate', 'cert', () => ''],
    ['half a certificate', 'cert', (text: string) => text.slice(0, 300)],
    ['half a key', 'key', (text: string) => text.slice(0, 100)],
    ['the key of another certificate', 'key', () => certificates.read(certificates.make().key)],
  ] as const)('with %s is refused: the previous certificate stays', async (_what, name, change) => {
    await start();
    const next = certificates.make({ name: 'next' });
    certificates.replace(files, next);
    writeFileSync(files[name], change(certificates.read(next[name])), { mode: 0o600 });
    const problems = await service.reload();
    expect(problems).toMatchObject([{ source: files[name] }]);
    expect(nameOf(await connected())).toBe('first');
    expect(service.counters).toEqual({ replaced: 0, refused: 1 });
    expect(warn).toHaveBeenCalledOnce();
    expect(warn.mock.lastCall![0]).toMatchObject({ key: `tls.${name}`, file: files[name] });

    certificates.replace(files, next);
    expect(await service.reload()).toEqual([]);
    expect(nameOf(await connected())).toBe('next');
  });

  it('is refused when the new certificate has expired', async () => {
    await start();
    certificates.replace(files, certificates.make({ name: 'short', days: 1 }));
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 2 * DAY });
    expect(await service.reload()).toMatchObject([
      { key: 'tls.cert', expected: 'a certificate that has not expired' },
    ]);
    vi.useRealTimers();
    expect(nameOf(await connected())).toBe('first');
  });

  it('is logged and counted once until it changes, however often the files are read', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    await start();
    writeFileSync(files.key, '');
    vi.advanceTimersByTime(5 * POLL_INTERVAL);
    await vi.waitFor(() => expect(service.counters.refused).toBe(1));
    rmSync(files.cert);
    vi.advanceTimersByTime(POLL_INTERVAL);
    await vi.waitFor(() => expect(service.counters.refused).toBe(2));
    // An operator who asks gets an answer each time.
    await service.reload();
    expect(service.counters.refused).toBe(3);
  });

  it('that the server does not take is refused, and the next one is used', async () => {
    let taken = 0;
    service = new CertificateService({ ...files, ca: null });
    await service.start(() => {
      if (++taken === 2) throw new Error('not taken');
    });
    certificates.replace(files, certificates.make());
    expect(await service.reload()).toMatchObject([{ key: 'tls.cert', got: 'not taken' }]);
    expect(await service.reload()).toEqual([]);
    expect(taken).toBe(3);
  });

  it('is an error of the start, with the path of the file', async () => {
    writeFileSync(files.key, '');
    await expect(start()).rejects.toThrow(`tls.key: expected a PEM file, got an empty file (${files.key})`);
  });
});

describe('the end of the certificate', () => {
  it('is known', async () => {
    await start();
    expect((service.validTo! - Date.now()) / DAY).toBeCloseTo(90, 0);
  });

  it('is checked at the start and with each poll', async () => {
    certificates.replace(files, certificates.make({ days: 3 }));
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
    await start();
    expect(warn).toHaveBeenCalledOnce();
    expect(warn.mock.lastCall![0]).toMatchObject({ cert: files.cert, days: 2 });
    vi.setSystemTime(Date.now() + 1.5 * DAY);
    vi.advanceTimersByTime(POLL_INTERVAL);
    await vi.waitFor(() => expect(warn).toHaveBeenCalledTimes(2));
  });
});

it('reads nothing without TLS', async () => {
  service = new CertificateService({ cert: null, key: null, ca: null });
  await service.start(() => expect.unreachable());
  expect(service.enabled).toBe(false);
  expect(await service.reload()).toEqual([]);
  expect(service.validTo).toBeUndefined();
});

async function start(): Promise<void> {
  service = new CertificateService({ ...files, ca: null });
  await service.start((context) => server.setSecureContext(context));
}

async function untilReplaced(): Promise<void> {
  await vi.waitFor(() => expect(service.counters.replaced).toBe(1), 5000);
}

/** A client that has completed its handshake with the server. */
async function connected(): Promise<TLSSocket> {
  const { port } = server.address() as AddressInfo;
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  sockets.push(socket);
  await once(socket, 'secureConnect');
  return socket;
}

function nameOf(socket: TLSSocket): unknown {
  return socket.getPeerCertificate().subject.CN;
}
