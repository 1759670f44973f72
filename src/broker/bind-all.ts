import type { Router } from 'zeromq';
import { isAddressMissing } from '../config/address.js';

/**
 * Binds a ROUTER to several addresses and gives them as bound; all get the port of the first. A machine without IPv6 may
 * lack one of the addresses of a name.
 */
export async function bindAll(router: Router, endpoints: readonly string[]): Promise<readonly string[]> {
  const bound: string[] = [];
  let failure: unknown;
  for (const endpoint of endpoints) {
    try {
      // With this option an IPv4 address is bound as an IPv6 one. The option counts for the next address only, which
      // zeromq.js warns of.
      const ipv6 = /^tcp:\/\/[[*]/.test(endpoint);
      if (ipv6 !== router.ipv6) process.removeAllListeners('warning');
      router.ipv6 = ipv6;
      await router.bind(bound[0] === undefined ? endpoint : withPort(endpoint, portOf(bound[0])));
      bound.push(router.lastEndpoint!);
    } catch (error) {
      if (!isAddressMissing(error)) throw error;
      failure = error;
    }
  }
  if (bound.length === 0) throw failure;
  return bound;
}

function portOf(endpoint: string): string {
  return endpoint.slice(endpoint.lastIndexOf(':') + 1);
}

function withPort(endpoint: string, port: string): string {
  return endpoint.slice(0, endpoint.lastIndexOf(':') + 1) + port;
}
