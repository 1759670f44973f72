import { valueAt } from '../../config/keys.js';
import type { DaemonStatus } from './daemon-status.js';
import type { DoctorCheck } from './doctor-context.js';
import { broken, fine, suspicious } from './finding.js';

/** The beginning of the daemon's warning about an address that may be a proxy. */
const SHARED_ADDRESS = 'One address has most of';
const ADVICE =
  'Add the proxy to trusted_proxies, and let it send X-Forwarded-For, see docs/proxies.md. Otherwise all clients share the limits of one address.';

/** The address of each client arrives at the daemon. The daemon tells no addresses, so this reads its settings and warnings. */
export const checkForwarded: DoctorCheck = ({ daemon, route }) => {
  if (daemon.kind !== 'answers') return undefined;
  const shared = daemon.status.warnings.find(({ message }) => String(message).startsWith(SHARED_ADDRESS));
  if (shared) return broken('the daemon has warned that most connections come from one address', ADVICE);
  if (!route || route.problem !== undefined || isDirect(route.url, daemon.status)) return undefined;
  const proxies = valueAt(daemon.status.configuration, ['trusted_proxies']);
  if (Array.isArray(proxies) && proxies.length > 0)
    return fine(`trusted_proxies has ${proxies.join(', ')}, and no address has most of the connections`);
  return suspicious('trusted_proxies is empty, and the public URL leads to a proxy', ADVICE);
};

/** Whether the URL has the port and the scheme of a listener of the daemon. */
function isDirect(url: string, { listeners }: DaemonStatus): boolean {
  const { protocol, port, pathname } = new URL(url.replace(/^ws/, 'http'));
  const isListener = listeners.public.some((listener) => {
    const own = new URL(listener);
    return own.protocol === protocol && own.port === port;
  });
  return isListener && pathname === '/';
}
