import { flag, networks, whole } from './kinds.js';

const MANY = 1_000_000_000;

/** The keys of `limits` for a single address: what one client, or all clients behind one NAT, may take. */
export const addressLimitKeys = {
  connections_per_address: whole({
    reloadable: true,
    min: 0,
    max: MANY,
    unit: 'connections',
    default: 5000,
    about:
      'Connections of one address at a time. Further requests are refused with 429. An IPv6 address counts with its /64 network. All clients behind one NAT have one address, so the limit must be above the number of people behind it. `0`: no limit.',
  }),
  connects_per_second_per_address: whole({
    reloadable: true,
    min: 0,
    max: MANY,
    unit: 'connections per second',
    default: 500,
    about:
      'New connections of one address per second. Up to ten times as many may come at once, as after a restart. Requests on further connections are refused with 429. `0`: no limit.',
  }),
  not_found_per_second_per_address: whole({
    reloadable: true,
    min: 0,
    max: MANY,
    unit: 'requests per second',
    default: 500,
    about:
      'Requests of one address per second that are answered with 404, because a client may guess ids. Up to ten times as many may come at once. Above the limit, requests other than streams are refused with 429. `0`: no limit.',
  }),
  input_bytes_per_second_per_address: whole({
    reloadable: true,
    min: 0,
    max: MANY,
    unit: 'bytes per second',
    default: 1024 * 1024,
    about:
      'Bytes that the clients of one address may send per second. Up to ten times as many may come at once. Above the limit the monitor reads slower; it closes no connection. Small inputs, such as the answers to pings, never wait. `0`: no limit.',
  }),
  addresses: whole({
    reloadable: true,
    min: 1,
    max: 10_000_000,
    unit: 'addresses',
    default: 100_000,
    about:
      'Addresses for which the monitor counts. Above this limit it forgets addresses without a connection, and then counts no further address. Costs about 300 bytes per address.',
  }),
  exempt: networks({
    reloadable: true,
    default: ['127.0.0.0/8', '::1/128'],
    about:
      'Networks that the limits per address do not apply to. The default is this machine, because all clients behind a proxy on it have its address, unless the proxy is in `trusted_proxies`. `off`: the limits apply to every address.',
  }),
  report_only: flag({
    reloadable: true,
    default: false,
    about:
      'The limits per address are counted and logged, but refuse nothing. Use it to find values that fit before they have an effect.',
  }),
};
