/** What a pattern for all subdomains has in the place of a subdomain, and a subdomain to check it with. */
const WILDCARD = '*.';
const ANY_LABEL = 'wildcard.';

/** A name or an address, and a port. The URL parser takes more, and not all of it fits into a header. */
const HOST = /^https?:\/\/([a-z\d_-]+(\.[a-z\d_-]+)*|\[[\da-f:.]+\])(:\d+)?$/;

/**
 * An origin as browsers send it (`https://recodex.example.org`), a pattern for all subdomains
 * (`https://*.example.org`), or `*` for all. Anything else gives undefined.
 */
export function parseOrigin(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (text === '*') return text;
  const isPattern = /^https?:\/\/\*\./i.test(text);
  const example = isPattern ? text.replace(WILDCARD, ANY_LABEL) : text;
  if (!URL.canParse(example)) return undefined;
  const { origin, href } = new URL(example);
  // A path, a query or a user would be silently without effect.
  if (!HOST.test(origin) || href !== `${origin}/` || /[?#]/.test(example)) return undefined;
  return isPattern ? origin.replace(ANY_LABEL, WILDCARD) : origin;
}

/** The origin for an exact comparison, or the expression for a pattern: what the `cors` package takes. */
export function originMatcher(origin: string): string | RegExp {
  const [scheme, domain] = origin.split(`//${WILDCARD}`);
  if (domain === undefined) return origin;
  return new RegExp(String.raw`^${scheme}//([a-z\d_-]+\.)+${domain.replaceAll('.', String.raw`\.`)}$`);
}
