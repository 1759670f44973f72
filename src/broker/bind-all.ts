import type { Router } from 'zeromq';
import { isAddressMissing } from '../config/address.js';

/**
 * Binds a ROUTER to all endpoints of a host and returns the bound endpoints. All endpoints get the port of the first.
 * Skips an address that this machine does not have, such as an IPv6 address. Throws if another error occurs or no
 * endpoint is left.
 */
export async function bindAll(router: Router, endpoints: readonly string[]): Promise<readonly string[]> {
  const bound: string[] = [];
  let failure: unknown;
  for (const endpoint of endpoints) {
    try {
      // With the option `ipv6`, libzmq would bind an IPv4 address as an IPv6 address, so the option changes between
      // endpoints. zeromq.js warns that a change applies to the next endpoint only, which is intended.
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
