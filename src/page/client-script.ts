import { existsSync, readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
import { encodedBody } from './encoded-body.js';
import type { PageResponse } from './static-response.js';

const BUILT = new URL(import.meta.resolve('#dist/client/client.js'));

/** The client library as browsers import it; `undefined` if it was not built. */
@Injectable()
export class ClientScript {
  readonly file: PageResponse | undefined = read();
}

function read(): PageResponse | undefined {
  try {
    const body = readFileSync(BUILT);
    const encoded = encodedBody(body, readIfBuilt('.br'), readIfBuilt('.gz'));
    const headers = {
      'Content-Type': 'text/javascript; charset=utf-8',
      'Cache-Control': 'no-cache',
      // Pages of any site may import this file, with CORS and without. It contains no secrets.
      'Access-Control-Allow-Origin': '*',
      'Cross-Origin-Resource-Policy': 'cross-origin',
    };
    return { headers, body, encoded };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

// A build that bundles only the client library compresses nothing.
function readIfBuilt(extension: string): Buffer | undefined {
  const file = new URL(BUILT.href + extension);
  return existsSync(file) ? readFileSync(file) : undefined;
}
