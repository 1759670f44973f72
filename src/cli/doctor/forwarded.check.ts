import type { DaemonClient } from './daemon-client.js';
import type { DaemonStatus } from './daemon-status.js';
import type { DoctorCheck } from './doctor-context.js';
import { broken, fine, suspicious, type DoctorFinding } from './finding.js';
import type { PublicRoute } from './public-route.js';
import { START_TIMEOUT_MS } from './stream.checks.js';

/** The beginning of the daemon's warning about an address that may be a proxy. */
const SHARED_ADDRESS = 'One address has most of';
const SHARED_LIMITS = 'Otherwise all clients share the limits of one address.';
const ADVICE = `Add the proxy to trusted_proxies, and let it send X-Forwarded-For, see docs/proxies.md. ${SHARED_LIMITS}`;

/** What each source of an address means for a client that came through a proxy. */
const FINDINGS: Readonly<Record<string, (address: string) => DoctorFinding>> = {
  header: (address) => fine(`the proxy says that this client has the address ${address}`),
  'proxy-protocol': (address) =>
    fine(`the proxy says by the PROXY protocol that this client has the address ${address}`),
  'untrusted-header': (address) =>
    broken(
      `${address} sends X-Forwarded-For or Forwarded, but trusted_proxies does not contain this address`,
      `Add ${address} to trusted_proxies if this is your proxy. ${SHARED_LIMITS}`,
    ),
  'missing-header': (address) =>
    broken(
      `the proxy ${address} is in trusted_proxies, but sends no X-Forwarded-For`,
      `Let the proxy send X-Forwarded-For with the address of its client, see docs/proxies.md. ${SHARED_LIMITS}`,
    ),
  'unclear-header': (address) =>
    broken(
      `the proxy ${address} sends no usable address: X-Forwarded-For or Forwarded has none, or they differ`,
      `Let the proxy write X-Forwarded-For, and remove Forwarded, see docs/proxies.md. ${SHARED_LIMITS}`,
    ),
  connection: (address) =>
    suspicious(
      `the daemon takes ${address} for the address of this client, and no proxy says otherwise`,
      ADVICE,
    ),
};

/** The address of each client arrives at the daemon, through the proxy. */
export const checkForwarded: DoctorCheck = async ({ daemon, route, clientsOf }) => {
  if (daemon.kind !== 'answers') return undefined;
  const shared = daemon.status.warnings.find(({ message }) => String(message).startsWith(SHARED_ADDRESS));
  if (shared) return broken('the daemon has warned that most connections come from one address', ADVICE);
  if (!route || !(await hasStream(route))) return undefined;
  const clients = (await clientsOf(route.channel)) ?? [];
  // The proxy may treat a WebSocket and an event stream differently.
  const findings = clients.filter(isIndirect(route.url, daemon.status)).flatMap(findingsOf);
  return findings.find(({ status }) => status !== 'ok') ?? findings[0];
};

async function hasStream({ webSocket, events }: PublicRoute): Promise<boolean> {
  const starts = await Promise.all(
    [webSocket, events].map(async (stream) => stream?.start(START_TIMEOUT_MS)),
  );
  return starts.includes('active');
}

// A later version may know other sources.
function findingsOf({ address, source }: DaemonClient): DoctorFinding[] {
  const finding = FINDINGS[source]?.(address);
  return finding ? [finding] : [];
}

/** Whether a client may have come through a proxy: not when the URL has the port and the scheme of a listener. */
function isIndirect(url: string, { listeners }: DaemonStatus): (client: DaemonClient) => boolean {
  const { protocol, port, pathname } = new URL(url.replace(/^ws/, 'http'));
  const isListener = listeners.public.some((listener) => {
    const own = new URL(listener);
    return own.protocol === protocol && own.port === port;
  });
  return ({ source }) => source !== 'connection' || !isListener || pathname !== '/';
}
