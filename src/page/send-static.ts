import { NotAcceptableException } from '@nestjs/common';
import type { Request, Response } from 'express';
import { contentEncodingFor } from './content-encoding.js';
import type { PageResponse } from './static-response.js';

/**
 * Sends a response in the encoding that the client prefers. Express answers 304 to a client with the ETag. Answers 406 to a
 * client that accepts no encoding of the response.
 */
export function sendStatic(
  request: Request,
  response: Response,
  { headers, body, encoded }: PageResponse,
): void {
  response.vary('Accept-Encoding');
  const encoding = contentEncodingFor(request.headers['accept-encoding'], [...encoded.forms.keys()]);
  if (!encoding)
    throw new NotAcceptableException(
      `Expected Accept-Encoding to allow one of ${[...encoded.forms.keys()].join(', ')}`,
    );
  if (encoding !== 'identity') response.set('Content-Encoding', encoding);
  const form = encoded.forms.get(encoding) ?? body;
  response.set({ ...headers, 'Content-Length': String(form.length), ETag: encoded.etags.get(encoding)! });
  response.send(form);
}
