import type { SecureVersion } from 'node:tls';
import type { HealthyAccess } from '../../attacks/healthy-client.js';
import type { Listener } from '../../../src/http/stream-request.js';
import type { FuzzProfileName } from '../fuzz-options.js';

/** How a daemon is configured, and what its clients send in addition. */
export interface FuzzProfile {
  readonly name: FuzzProfileName;
  /** Configuration keys as variables. */
  readonly settings: Readonly<Record<string, string>>;
  /** The configuration file. */
  readonly file?: string;
  /** A token for the admin listener. */
  readonly operatorToken?: string;
  /** The public listener speaks TLS. */
  readonly usesTls?: true;
  /** What a healthy client and a healthy broker need. */
  readonly access?: HealthyAccess;
  /** Adds what the clients of this profile send, so that their input is not refused at the door. */
  dress(pieces: readonly Buffer[], listener: Listener): readonly Buffer[];
}

/** The versions of TLS that the daemon speaks. */
export const TLS_VERSIONS: readonly SecureVersion[] = ['TLSv1.2', 'TLSv1.3'];

/**
 * Channels expire fast, so that a leak is seen; but not so fast that a pause of this busy process ends the channel of the
 * healthy client.
 */
export const COMMON_SETTINGS = {
  RETENTION_IDLE: '10',
  RETENTION_FINISHED: '3',
  LIMITS_TOTAL_BYTES: String(32 * 1024 * 1024),
  LIMITS_CHANNEL_BYTES: String(16 * 1024 * 1024),
};

/** Quotas that the healthy broker never reaches, and the target `zeromq` does. */
export const QUOTA_SETTINGS = {
  ZEROMQ_QUOTAS_MESSAGES_PER_SECOND: '1000',
  ZEROMQ_QUOTAS_CHANNELS: '100',
  ZEROMQ_QUOTAS_BYTES: String(24 * 1024 * 1024),
};

/** No protection: the default configuration. */
export const PLAIN_PROFILE: FuzzProfile = {
  name: 'plain',
  settings: COMMON_SETTINGS,
  dress: (pieces) => pieces,
};

/**
 * Behind a proxy with the PROXY protocol, with limits for each address, quotas, origins and `zeromq.allow`. The inputs
 * come from 127.1.0.0/16, which is the proxy. The healthy client and the probes come from 127.0.0.1 and need no header.
 * Half of the proxy's addresses may connect to the ROUTER.
 */
export const PROXIED_PROFILE: FuzzProfile = {
  name: 'proxied',
  settings: {
    ...COMMON_SETTINGS,
    ...QUOTA_SETTINGS,
    TRUSTED_PROXIES: '127.1.0.0/16',
    PROXY_PROTOCOL: 'true',
    ORIGINS: 'https://a.example,https://*.b.example',
    ZEROMQ_ALLOW: '127.0.0.1,127.1.0.0/17',
    LIMITS_CONNECTIONS_PER_ADDRESS: '50',
    LIMITS_CONNECTS_PER_SECOND_PER_ADDRESS: '20',
    LIMITS_NOT_FOUND_PER_SECOND_PER_ADDRESS: '10',
  },
  dress: (pieces, listener) => (listener === 'public' ? [proxyHeader(pieces), ...pieces] : pieces),
};

/** The header of one of 250 clients. The length of the input chooses the client. */
function proxyHeader(pieces: readonly Buffer[]): Buffer {
  const client = pieces.reduce((sum, { length }) => sum + length, 0) % 250;
  return Buffer.from(`PROXY TCP4 192.0.2.${client} 127.0.0.1 4711 80\r\n`);
}
