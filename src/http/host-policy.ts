import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { Logger } from '@nestjs/common';
import { hostNameOf, matchesHostName } from '../config/host-name.js';
import { ThrottledWarning } from '../logging/throttled-warning.js';

/** Domains in which no stranger can register a name (RFC 6761, RFC 6762, RFC 8375; ICANN: `internal`; Kubernetes: `svc`). */
const LOCAL_DOMAIN = /\.(localhost|local|internal|svc|test|home\.arpa)$/;

/** Paths of probes and of Prometheus, which may use any name. Their answers contain no id of a job. */
const MONITORING_PATH = /^\/(health\/(live|ready)|metrics)(\?|$)/;

/** A request target with scheme and host (RFC 9112, section 3.2.2). */
const ABSOLUTE_TARGET = /^[a-z][a-z\d+.-]*:\/\/([^/?#]*)/i;

/** Characters of a refused host that are logged and answered: a DNS name is never longer. */
const LONGEST = 253;

/** The settings that decide about hosts. */
interface HostSettings {
  readonly root: { readonly admin_hosts: readonly string[] };
  readonly auth: { readonly admin: boolean };
}

/**
 * Decides to which host names the admin listener answers when it requires no token. This stops DNS rebinding: the name of
 * a web site leads to the listener, the browser takes the listener for that site, and scripts of the site read all
 * answers.
 */
export class HostPolicy {
  /** Requests that were refused because of their host. */
  refused = 0;
  private readonly warning: ThrottledWarning;

  /** @param settings read with each request, so that a reload takes effect */
  constructor(
    private readonly settings: HostSettings,
    logger: Logger,
  ) {
    this.warning = new ThrottledWarning(
      logger,
      'Refused requests to the admin listener: their Host may be the name of a foreign web site. If it is a name of this monitor, add it to admin_hosts',
    );
  }

  /** The error text for a request that is refused with 421. `undefined`: the request is permitted. Counts and logs. */
  refusalOf(request: IncomingMessage, clientAddress: string): string | undefined {
    // A web site does not know the token of the operator.
    if (this.settings.auth.admin || MONITORING_PATH.test(request.url ?? '')) return undefined;
    const foreign = hostsOf(request).find((host) => !this.permits(host));
    if (foreign === undefined) return undefined;
    const host = foreign.slice(0, LONGEST);
    this.refused++;
    this.warning.warn({ host, address: clientAddress });
    return (
      'Expected in Host an IP address, localhost, a name without dots, a name of a local domain, or a name in admin_hosts; ' +
      `got ${JSON.stringify(host)}. If it is a name of your monitor, add it to admin_hosts, or set auth.admin to require a token`
    );
  }

  private permits(host: string): boolean {
    // Browsers always send a host.
    if (host === '') return true;
    const name = hostNameOf(host);
    if (name === undefined) return false;
    const isOfNobody = isIP(name) !== 0 || !name.includes('.') || LOCAL_DOMAIN.test(name);
    return isOfNobody || this.settings.root.admin_hosts.some((pattern) => matchesHostName(pattern, name));
  }
}

/** The host of the request target, if it has one, and each `Host`: Node keeps only the first of them in `headers`. */
function hostsOf({ url = '', headersDistinct }: IncomingMessage): string[] {
  const target = ABSOLUTE_TARGET.exec(url)?.[1];
  const hosts = headersDistinct['host'] ?? [];
  return target === undefined ? hosts : [target, ...hosts];
}
