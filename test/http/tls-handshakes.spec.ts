import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { connect as connectPlain, type AddressInfo, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { Logger } from '@nestjs/common';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { contextOptions } from '../../src/config/tls-identity.js';
import { AcceptQueue } from '../../src/http/accept-queue.js';
import { ClosingSockets } from '../../src/http/closing-sockets.js';
import type { HandshakeFailure } from '../../src/http/handshake-failure.js';
import { TlsHandshakes } from '../../src/http/tls-handshakes.js';
import { useCertificates, type CertificateFiles } from '../fixtures/certificates.js';
import { clientHello } from '../fixtures/client-hello.js';
import { readToClose } from '../fixtures/raw-http.js';

/** Seconds that a client has in these tests. */
const TIMEOUT = 0.3;

const certificates = useCertificates();
let files: CertificateFiles;
let server: Server;
let handshakes: TlsHandshakes;
let closing: ClosingSockets;

beforeAll(() => {
  files = certificates.make({ rsa: true });
});
afterEach(() => {
  handshakes.close();
  closing.destroyAll();
  server.close();
  vi.useRealTimers();
});

describe('a client with TLS', () => {
  it.each(['TLSv1.2', 'TLSv1.3'] as const)('is served with %s', async (version) => {
    await listen();
    const client = await connected({ minVersion: version, maxVersion: version, ALPNProtocols: ['http/1.1'] });
    client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(String((await once(client, 'data'))[0])).toContain('200 OK');
    expect(client.alpnProtocol).toBe('http/1.1');
    // Forward secrecy: all ciphers of TLS 1.3 have it.
    expect(client.getCipher().name).toMatch(/^(TLS_|ECDHE-)/);
    expect(handshakes.counters.completed).toBe(1);
    client.destroy();
  });

  it('is served when its first byte comes alone', async () => {
    await listen();
    const hello = await clientHello();
    const socket = connectPlain(port());
    socket.write(hello.subarray(0, 1));
    await vi.waitFor(async () => expect(await connections()).toBe(1));
    socket.write(hello.subarray(1));
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer[0]).toBe(0x16);
    socket.destroy();
  });

  it('resumes its session', async () => {
    await listen();
    const first = await connected({ maxVersion: 'TLSv1.2' });
    const session = first.getSession()!;
    first.destroy();
    const second = await connected({ maxVersion: 'TLSv1.2', session });
    expect(second.isSessionReused()).toBe(true);
    second.destroy();
  });
});

describe('a client without TLS', () => {
  it('gets a plain answer that says what to do', async () => {
    await listen();
    const answer = await readToClose(sendPlain('GET / HTTP/1.1\r\nHost: x\r\n\r\n'));
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
    expect(answer).toContain('https://');
    expect(failed()).toEqual({ plain_http: 1 });
  });

  it('gets the answer when it goes on sending, and is closed', async () => {
    await listen();
    const socket = sendPlain(`POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n${'x'.repeat(200_000)}`);
    expect(await readToClose(socket)).toContain('400 Bad Request');
  });

  it.each(['\r\n', 'ssh', '\u0015\u0003\u0001'])('is closed after %j', async (bytes) => {
    await listen();
    expect(await readToClose(sendPlain(bytes))).toBe('');
    expect(failed()).toEqual({ not_tls: 1 });
  });

  it('is closed when it sends nothing', async () => {
    await listen();
    await readToClose(connectPlain(port()));
    expect(failed()).toEqual({ timeout: 1 });
    expect(await connections()).toBe(0);
  });

  it('is no failure when it closes without a byte, as probes of load balancers do', async () => {
    await listen();
    const socket = connectPlain(port());
    await once(socket, 'connect');
    await readToClose(socket.end());
    expect(failed()).toEqual({});
  });
});

describe('a failed handshake', () => {
  it('that takes too long is ended, even when single bytes arrive', async () => {
    await listen();
    const hello = await clientHello();
    const socket = sendPlain(hello.subarray(0, 8));
    let next = 8;
    const timer = setInterval(() => socket.write(hello.subarray(next, ++next)), 20);
    await readToClose(socket);
    clearInterval(timer);
    expect(failed()).toEqual({ timeout: 1 });
  });

  it.each<[string, ConnectionOptions]>([
    ['HTTP/2 only', { ALPNProtocols: ['h2'] }],
    ['TLS 1.1 only', { minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }],
    ['a key exchange without forward secrecy', { maxVersion: 'TLSv1.2', ciphers: 'AES128-GCM-SHA256' }],
  ])('of a client with %s is counted', async (_client, options) => {
    await listen();
    await expect(connected(options)).rejects.toThrow(/alert/);
    await vi.waitFor(() => expect(failed()).toEqual({ no_agreement: 1 }));
  });

  it('of a client that refuses the certificate is counted', async () => {
    await listen();
    const args = ['s_client', '-verify_return_error', '-connect', `127.0.0.1:${port()}`];
    const client = execFile('openssl', args);
    client.stdin!.end();
    await once(client, 'close');
    expect(failed()).toEqual({ certificate_refused: 1 });
  });

  it.each(['\u0016\u0003\u0001\u0000\u0005hello', '\u0016\u0003\u0001\u00ff\u00ff', '\u0016HTTP'])(
    'of a client that sends %j is counted',
    async (bytes) => {
      await listen();
      await readToClose(sendPlain(Buffer.from(bytes, 'latin1')).end());
      await vi.waitFor(() => expect(Object.values(failed())).toEqual([1]));
    },
  );

  it('of a client that leaves is counted', async () => {
    await listen();
    const socket = sendPlain(await clientHello());
    await once(socket, 'data');
    socket.destroy();
    await vi.waitFor(() => expect(failed()).toEqual({ closed: 1 }));
  });
});

describe('with an authority of client certificates', () => {
  it('only clients with a certificate from it are served', async () => {
    const authority = certificates.make({ name: 'authority' });
    const ours = pemOf(certificates.make({ authority }));
    const foreign = pemOf(certificates.make());
    await listen(certificates.read(authority.cert));
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const client = await connected({ ...ours, minVersion: version, maxVersion: version });
      client.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
      expect(String((await once(client, 'data'))[0])).toContain('200 OK');
      client.destroy();
      // With TLS 1.3 the client completes its handshake before it is refused.
      for (const options of [{}, foreign])
        await connected({ ...options, minVersion: version, maxVersion: version }).then(
          (refused) => readToClose(refused.on('error', () => {})),
          () => {},
        );
    }
    expect(handshakes.counters.completed).toBe(2);
    expect(failed()).toEqual({ client_certificate: 4 });
  });
});

describe('many handshakes at once', () => {
  it('begin four in a turn of the event loop', async () => {
    const begun: unknown[] = [];
    server = createServer();
    server.removeAllListeners('connection').on('connection', (socket) => begun.push(socket));
    handshakes = watch();
    vi.useFakeTimers({ toFake: ['setImmediate'] });
    const sockets = Array.from({ length: 10 }, () => new PassThrough());
    for (const socket of sockets) {
      server.emit('connection', socket);
      socket.write('\u0016');
    }
    await new Promise<void>((resolve) => process.nextTick(resolve));
    expect(begun).toHaveLength(4);
    vi.advanceTimersToNextTimer();
    expect(begun).toHaveLength(8);
    sockets[8]!.destroy();
    vi.advanceTimersToNextTimer();
    expect(begun).toEqual([...sockets.slice(0, 8), sockets[9]]);
  });

  it('end when the server closes', async () => {
    await listen();
    const sockets = [sendPlain(await clientHello()), connectPlain(port())];
    await vi.waitFor(async () => expect(await connections()).toBe(2));
    const ended = sockets.map(readToClose);
    handshakes.close();
    await Promise.all(ended);
  });
});

async function listen(ca?: string): Promise<void> {
  server = createServer(
    {
      handshakeTimeout: TIMEOUT * 1000,
      ALPNProtocols: ['http/1.1'],
      requestCert: ca !== undefined,
    },
    (_request, response) => void response.end(),
  );
  server.setSecureContext(contextOptions({ ...pemOf(files), ca }));
  handshakes = watch();
  new AcceptQueue(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
}

function watch(): TlsHandshakes {
  closing = new ClosingSockets(TIMEOUT);
  return new TlsHandshakes(server, closing, new Logger('test'), TIMEOUT);
}

function port(): number {
  return (server.address() as AddressInfo).port;
}

function sendPlain(bytes: string | Buffer): Socket {
  const socket = connectPlain(port());
  socket.on('error', () => {}).write(bytes);
  return socket;
}

async function connected(options: ConnectionOptions = {}): Promise<TLSSocket> {
  const socket = connect({ rejectUnauthorized: false, ...options, port: port(), host: '127.0.0.1' });
  await once(socket, 'secureConnect');
  return socket;
}

function connections(): Promise<number> {
  return new Promise((resolve) => server.getConnections((_error, count) => resolve(count)));
}

function pemOf({ cert, key }: CertificateFiles) {
  return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
}

/** The reasons that are not 0. */
function failed(): Partial<Record<HandshakeFailure, number>> {
  return Object.fromEntries(Object.entries(handshakes.counters.failed).filter(([, count]) => count > 0));
}
