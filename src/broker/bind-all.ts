import type { Router } from 'zeromq';
import { isAddressMissing } from '../config/address.js';

/**
 * Binds a ROUTER to the addresses of a host and gives the bound endpoints. All get the port of the first. Skips addresses
 * that this machine lacks, such as IPv6 ones, and throws only when all are missing.
 */
export async function bindAll(router: Router, endpoints: readonly string[]): Promise<readonly string[]> {
  const bound: string[] = [];
  let failure: unknown;
  for (const endpoint of endpoints) {
    try {
      // With this option libzmq would bind an IPv4 address as an IPv6 one, so it changes between two addresses. zeromq.js
      // warns that it counts for the next address only, which is intended.
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
