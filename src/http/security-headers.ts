import type { ServerResponse } from 'node:http';
import type { Listener } from './stream-request.js';

/** What browsers may do with an answer. Browsers show JSON and text as documents, too, so every answer has all of them. */
const COMMON: Readonly<Record<string, string>> = {
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Content-Security-Policy': `default-src 'none'; frame-ancestors 'none'`,
  'Cross-Origin-Opener-Policy': 'same-origin',
  // Refuses `<script>` and `<img>` of other sites. It does not apply to requests with CORS, which `origins` permits.
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()',
  'X-Permitted-Cross-Domain-Policies': 'none',
};

/** The headers that only one listener has. `X-Frame-Options` knows no `origins`, so the public pages can't have it. */
const OWN: Readonly<Record<Listener, Readonly<Record<string, string>>>> = {
  public: {},
  admin: { 'X-Frame-Options': 'DENY' },
};

/**
 * The security headers of every answer of one listener. A route that needs another value, such as the
 * `Content-Security-Policy` of a page, sets its header afterwards.
 */
export class SecurityHeaders {
  /** The headers as lines of an answer that is written without Node's `ServerResponse`. */
  readonly lines: string;
  private readonly entries: readonly (readonly [string, string])[];

  constructor(listener: Listener) {
    this.entries = Object.entries({ ...COMMON, ...OWN[listener] });
    this.lines = this.entries.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  }

  addTo(response: ServerResponse): void {
    for (const [name, value] of this.entries) response.setHeader(name, value);
  }
}

/** The security headers of both listeners. */
export const SECURITY_HEADERS: Readonly<Record<Listener, SecurityHeaders>> = {
  public: new SecurityHeaders('public'),
  admin: new SecurityHeaders('admin'),
};
