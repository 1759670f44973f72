import { createHash } from 'node:crypto';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { CONTENT_ENCODINGS, type ContentEncoding } from './content-encoding.js';

/** A body in its encodings. */
export interface EncodedBody {
  readonly forms: ReadonlyMap<ContentEncoding, Buffer>;
  /** The ETag of each form. */
  readonly etags: ReadonlyMap<ContentEncoding, string>;
}

/** Encodings that are not smaller than the body are left out. */
export function encodedBody(body: Buffer, br: Buffer | undefined, gzip: Buffer | undefined): EncodedBody {
  const all: Record<ContentEncoding, Buffer | undefined> = { br, gzip, identity: body };
  const hash = createHash('sha256').update(body).digest('base64url').slice(0, 20);
  const forms = new Map<ContentEncoding, Buffer>();
  const etags = new Map<ContentEncoding, string>();
  for (const encoding of CONTENT_ENCODINGS) {
    const form = all[encoding];
    if (!form || (encoding !== 'identity' && form.length >= body.length)) continue;
    forms.set(encoding, form);
    etags.set(encoding, encoding === 'identity' ? `"${hash}"` : `"${hash}-${encoding}"`);
  }
  return { forms, etags };
}

/** Compresses a body of a few kilobytes. For what is known only at run time: the build compresses all files. */
export function compressedBody(body: Buffer): EncodedBody {
  const br = brotliCompressSync(body, {
    params: { [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT },
  });
  return encodedBody(body, br, gzipSync(body));
}
