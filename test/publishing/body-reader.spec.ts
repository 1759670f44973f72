import type { IncomingMessage } from 'node:http';
import { PassThrough } from 'node:stream';
import { beforeEach, describe, expect, it } from 'vitest';
import { BodyReader, PENDING_BYTES } from '../../src/publishing/body-reader.js';

const MIB = 1024 * 1024;

let reader: BodyReader;

beforeEach(() => {
  reader = new BodyReader();
});

/** A request, into which the test writes the body. */
function requestWith(headers: IncomingMessage['headers'] = {}): PassThrough & IncomingMessage {
  return Object.assign(new PassThrough(), { headers }) as unknown as PassThrough & IncomingMessage;
}

describe('a body', () => {
  it('is read in pieces, up to its limit', async () => {
    const request = requestWith();
    const body = reader.read(request, 6);
    request.write('abc');
    request.end('def');
    expect(String(await body)).toBe('abcdef');
  });

  it('may be empty', async () => {
    const request = requestWith();
    const body = reader.read(request, 6);
    request.end();
    expect(await body).toHaveLength(0);
  });

  it('is refused above its limit, and the rest is discarded', async () => {
    const request = requestWith();
    const body = reader.read(request, 5);
    request.write('abc');
    request.write('def');
    await expect(body).rejects.toMatchObject({ reason: 'too_large' });
    request.end(Buffer.alloc(MIB));
    await new Promise((resolve) => request.once('end', resolve));
  });

  it('is refused before it is read when its length is declared', async () => {
    const body = reader.read(requestWith({ 'content-length': '6' }), 5);
    await expect(body).rejects.toMatchObject({ reason: 'too_large' });
  });

  it('is refused when its connection ends too early', async () => {
    const request = requestWith();
    const body = reader.read(request, 5);
    request.destroy(new Error('aborted'));
    await expect(body).rejects.toMatchObject({ reason: 'incomplete' });
    await expect(reader.read(request, 5)).rejects.toMatchObject({ reason: 'incomplete' });
  });
});

describe('many bodies', () => {
  it('are refused while others hold all memory, and accepted again afterwards', async () => {
    const large = requestWith();
    const held = reader.read(large, 2 * PENDING_BYTES);
    await new Promise((resolve) => large.write(Buffer.alloc(PENDING_BYTES), resolve));
    await expect(readAll('x')).rejects.toMatchObject({ reason: 'busy', headers: { 'Retry-After': '1' } });
    large.destroy();
    await expect(held).rejects.toMatchObject({ reason: 'incomplete' });
    expect(String(await readAll('x'))).toBe('x');
  });

  it('never keep out a single body within its own limit', async () => {
    expect(await readAll(Buffer.alloc(PENDING_BYTES + 1), 2 * PENDING_BYTES)).toHaveLength(PENDING_BYTES + 1);
  });
});

function readAll(bytes: string | Buffer, limit = 10): Promise<Buffer> {
  const request = requestWith();
  const body = reader.read(request, limit);
  request.end(bytes);
  return body;
}
