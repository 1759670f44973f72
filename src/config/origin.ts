/** The wildcard of a pattern, and a subdomain that replaces it while the pattern is parsed as a URL. */
const WILDCARD = '*.';
const ANY_LABEL = 'wildcard.';

/** A host name or IP address, and a port. The URL parser accepts more, and some of that is unsafe in a header. */
const HOST = /^https?:\/\/([a-z\d_-]+(\.[a-z\d_-]+)*|\[[\da-f:.]+\])(:\d+)?$/;

/**
 * Parses an origin (`https://recodex.example.org`), a pattern for all subdomains (`https://*.example.org`), or `*` for
 * all sites. Returns the origin as browsers send it, and undefined for anything else.
 */
export function parseOrigin(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  const text = value.trim();
  if (text === '*') return text;
  const isPattern = /^https?:\/\/\*\./i.test(text);
  const example = isPattern ? text.replace(WILDCARD, ANY_LABEL) : text;
  if (!URL.canParse(example)) return undefined;
  const { origin, href } = new URL(example);
  // A path, a query or a user name would have no effect, so they are rejected.
  if (!HOST.test(origin) || href !== `${origin}/` || /[?#]/.test(example)) return undefined;
  return isPattern ? origin.replace(ANY_LABEL, WILDCARD) : origin;
}

/** A matcher for the `cors` package: a text to compare with, or a regular expression for a pattern. */
export function originMatcher(origin: string): string | RegExp {
  const [scheme, domain] = origin.split(`//${WILDCARD}`);
  if (domain === undefined) return origin;
  return new RegExp(String.raw`^${scheme}//([a-z\d_-]+\.)+${domain.replaceAll('.', String.raw`\.`)}$`);
}
