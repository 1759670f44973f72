/**
 * Where the address of a client comes from:
 *
 * - `connection`: the other side of the connection, without a header of a proxy
 * - `header`: `X-Forwarded-For` or `Forwarded` of a trusted proxy
 * - `proxy-protocol`: the PROXY protocol of a trusted proxy
 * - `untrusted-header`: the other side sent a forwarding header, but is not in `trusted_proxies`; its own address counts
 * - `missing-header`: a trusted proxy sent no forwarding header; its own address counts
 * - `unclear-header`: a trusted proxy sent a header without an address, or two that differ; its own address counts
 */
export const CLIENT_SOURCES = [
  'connection',
  'header',
  'proxy-protocol',
  'untrusted-header',
  'missing-header',
  'unclear-header',
] as const;

export type ClientSource = (typeof CLIENT_SOURCES)[number];

/** The address of a client, and where it comes from. */
export interface LocatedClient {
  readonly address: string;
  readonly source: ClientSource;
}
