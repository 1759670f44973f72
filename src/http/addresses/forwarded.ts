import { normalizeIp } from '../../config/network.js';

/** One hop of a forwarding header: an IP address, or `undefined` when the proxy does not say it. */
export type Hop = string | undefined;

/** The hops of `X-Forwarded-For`, the nearest first: each proxy appends the address of its client at the end. */
export function* hopsOfForwardedFor(header: string): Generator<Hop> {
  for (let end = header.length; end >= 0;) {
    const comma = end === 0 ? -1 : header.lastIndexOf(',', end - 1);
    yield addressIn(header.slice(comma + 1, end));
    end = comma;
  }
}

/**
 * The hops of `Forwarded` (RFC 7239), the nearest first. Reads from the end: the nearest hop comes from a trusted proxy,
 * and what a client has written before, such as a quote that never ends, must not change its meaning.
 */
export function* hopsOfForwarded(header: string): Generator<Hop> {
  for (let end = header.length; end >= 0;) {
    const comma = lastCommaBefore(end, header);
    yield forParameter(header.slice(comma + 1, end));
    end = comma;
  }
}

function lastCommaBefore(end: number, text: string): number {
  let quoted = false;
  for (let at = end - 1; at >= 0; at--) {
    if (text[at] === '"' && text[at - 1] !== '\\') quoted = !quoted;
    else if (text[at] === ',' && !quoted) return at;
  }
  return -1;
}

/** The address in `for=` of one element: `for=192.0.2.1`, `For="[2001:db8::1]:4711";proto=https`. */
function forParameter(element: string): Hop {
  const value = /(?:^|;)\s*for\s*=\s*(?:"([^"\\]*)"|([^\s;"]*))\s*(?:;|$)/i.exec(element);
  return addressIn(value?.[1] ?? value?.[2] ?? '');
}

/** The address in `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:4711`. */
function addressIn(text: string): Hop {
  const node = text.trim();
  const bracketed = /^\[([^\]]*)\](?::[\w.-]+)?$/.exec(node)?.[1];
  if (bracketed !== undefined) return bracketed.includes(':') ? normalizeIp(bracketed) : undefined;
  return normalizeIp(node) ?? normalizeIp(/^([\d.]+):[\w.-]+$/.exec(node)?.[1] ?? '');
}
