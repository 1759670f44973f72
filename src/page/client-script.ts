import { readFileSync } from 'node:fs';
import { Injectable } from '@nestjs/common';
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
    const headers = {
      'Content-Type': 'text/javascript; charset=utf-8',
      'Cache-Control': 'no-cache',
      'X-Content-Type-Options': 'nosniff',
      // Pages of other origins need CORS to import a module. The file contains no secrets.
      'Access-Control-Allow-Origin': '*',
    };
    return { headers, body };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
