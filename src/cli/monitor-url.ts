import { InvalidArgumentError } from 'commander';
import type { Settings } from '../config/settings.js';
import { baseUrl, connectAddress } from './monitor-address.js';

const PROTOCOLS = ['ws:', 'wss:', 'http:', 'https:'];

/** Parses the monitor's public URL for commander. */
export function parseMonitorUrl(text: string): string {
  const { search, hash } = parseWebUrl(text);
  if (search === '' && hash === '') return text;
  throw new InvalidArgumentError('expected an address without ? and #, such as https://example.org/monitor.');
}

/** Parses a URL that a client can open. */
export function parseWebUrl(text: string): URL {
  if (URL.canParse(text) && PROTOCOLS.includes(new URL(text).protocol)) return new URL(text);
  throw new InvalidArgumentError(
    'expected an address such as ws://127.0.0.1:4567 or https://example.org/monitor.',
  );
}

/** The monitor's public URL for a client on this machine. Throws if the configuration does not tell the port. */
export function configuredUrl(scheme: 'http' | 'ws', { websocket_uri, tls }: Settings): string {
  const address = connectAddress(websocket_uri);
  if (address) return baseUrl(scheme, address, tls);
  throw new Error(
    'websocket_uri has port 0, which stands for any free port: give the actual port with --url',
  );
}
