import { z } from 'zod';
import { isMapping, pathOrOff } from './kinds.js';

/** The keys of `tls`. `null` in `cert` and `key`: the public listener speaks plain HTTP. */
export const tlsSettings = z
  .strictObject({
    cert: pathOrOff({
      defaultNote: 'no TLS',
      about:
        'PEM file with the certificate of the public listener, followed by its intermediate certificates (`fullchain.pem`). With this key, `websocket_uri` speaks HTTPS and secure WebSockets only. The file is read again when it changes, and on SIGHUP. Each client takes 25 KiB more memory: [tls.md](tls.md).',
    }),
    key: pathOrOff({
      defaultNote: 'no TLS',
      about:
        'PEM file with the private key of `tls.cert`, without a passphrase. Other users must have no access to the file, and its group may only read it.',
    }),
    ca: pathOrOff({
      defaultNote: 'no client certificates',
      about:
        'PEM file with the authorities that sign the certificates of clients. Only clients with such a certificate may connect, for example a proxy. Browsers rarely have one. This file is not the chain of `tls.cert`. The health probes on the public listener need a client certificate, too.',
    }),
  })
  .refine(({ cert, key }) => !cert || key !== null, {
    path: ['key'],
    error: 'the path of the private key of tls.cert',
    when: isMapping,
  })
  .refine(({ cert, key }) => !key || cert !== null, {
    path: ['cert'],
    error: 'the path of the certificate of tls.key',
    when: isMapping,
  })
  .refine(({ cert, ca }) => !ca || cert !== null, {
    path: ['ca'],
    error: 'off, or tls.cert and tls.key as well',
    when: isMapping,
  });
