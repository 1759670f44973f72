import type { IncomingMessage } from 'node:http';
import {
  BadRequestException,
  HttpException,
  PayloadTooLargeException,
  UnsupportedMediaTypeException,
} from '@nestjs/common';

/** Bytes of the largest body. */
const MAX_BYTES = 1024;

const JSON_TYPE = /^application\/json\s*(;|$)/i;

/** Reads a small JSON body. Rejects with 415, 413 or 400; with 400 also when the client leaves before the end of the body. */
export async function readJsonBody(request: IncomingMessage): Promise<unknown> {
  const type = request.headers['content-type'] ?? 'none';
  if (!JSON_TYPE.test(type))
    throw new UnsupportedMediaTypeException(`Expected Content-Type application/json, got ${type}`);
  const text = await readText(request).catch((error: unknown) => {
    throw error instanceof HttpException
      ? error
      : new BadRequestException('The connection ended before the end of the body');
  });
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new BadRequestException(`Expected a JSON object, got ${JSON.stringify(text.slice(0, 100))}`);
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Without `destroyOnReturn: false` a body that is too long would end the connection without an answer.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES)
      throw new PayloadTooLargeException(`Expected a body of at most ${MAX_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
