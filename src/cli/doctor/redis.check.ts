import type { Settings } from '../../config/settings.js';
import { readRedisFacts, type RedisFacts } from '../../relay/redis-advice.js';
import type { RedisLink } from '../../relay/redis-link.js';
import { relayKeys } from '../../relay/relay-keys.js';
import { errorText } from '../../text/error-text.js';
import type { DoctorCheck } from './doctor-context.js';
import { broken, fine, suspicious, type DoctorFinding } from './finding.js';

/** Milliseconds without an answer. */
const TIMEOUT_MS = 3000;
/** The first version with all commands that the relay uses. */
const OLDEST = [6, 2] as const;

/** Redis answers, keeps the stream, and some process has the lease. */
export const checkRedis: DoctorCheck = async ({ settings: { relay }, isLocal }) => {
  if (!isLocal || relay.url === null) return undefined;
  try {
    const link = await openLink(relay);
    try {
      const facts = await readRedisFacts(link);
      const isLed = (await link.command('EXISTS', relayKeys(relay.stream).lease)) === 1;
      return judge(relay.url, facts, isLed);
    } finally {
      link.close();
    }
  } catch (error) {
    const reason = errorText(error);
    return broken(`${relay.url}: ${reason.replace(/^relay\.url: /, '')}`, adviceFor(reason));
  }
};

// Without a relay, no code of the client for Redis is loaded.
async function openLink(relay: Settings['relay']): Promise<RedisLink> {
  const { RedisConnection } = await import('../../relay/redis-connection.js');
  return RedisConnection.open(relay, TIMEOUT_MS);
}

function judge(url: string, facts: RedisFacts | undefined, isLed: boolean): DoctorFinding {
  if (facts && !isNewEnough(facts.version))
    return broken(
      `${url} is Redis ${facts.version}, the relay needs ${OLDEST.join('.')} or newer`,
      'Update Redis.',
    );
  const policy = 'Set maxmemory-policy noeviction in redis.conf, and with CONFIG SET.';
  if (facts?.mayEvict)
    return broken(
      `${url} may remove the stream or the lease when its memory is full: maxmemory-policy is ${facts.policy}`,
      policy,
    );
  if (!isLed)
    return broken(
      `${url} answers, but no process has the lease: nobody takes messages`,
      'Start a process with the role ingest or all. If one runs, look at its log, and compare relay.url and relay.stream.',
    );
  if (!facts)
    return suspicious(
      `${url} answers and some process has the lease, but INFO is not permitted`,
      'Check the version (6.2) and maxmemory-policy (noeviction) of Redis yourself, or permit INFO to relay.user.',
    );
  if (facts.policy !== 'noeviction')
    return suspicious(
      `${url} removes nothing without maxmemory, but maxmemory-policy is ${facts.policy}`,
      policy,
    );
  const durability = facts.isDurable
    ? 'an append-only file keeps the stream over a restart of Redis'
    : 'no append-only file: after a restart of Redis the process that takes messages writes all channels again';
  return fine(`${url} is Redis ${facts.version} with noeviction, some process has the lease; ${durability}`);
}

function isNewEnough(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

function adviceFor(reason: string): string {
  if (/password_file/.test(reason))
    return 'Correct the file. If only the user of the daemon may read it, run doctor as root.';
  if (/NOAUTH|WRONGPASS|NOPERM|invalid.*password/i.test(reason))
    return 'Correct relay.user and its password, or the permissions of this user in Redis.';
  if (/certificate|SSL|TLS/i.test(reason))
    return 'Correct relay.ca, or the certificate of Redis. rediss:// needs the port with TLS.';
  return 'Start Redis, or correct relay.url. Check the firewall.';
}
