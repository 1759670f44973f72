/** Hextets of the network part of an IPv6 address: a /64. */
const NETWORK_HEXTETS = 4;

/** An IPv6 address that spells its /64 out, without leading zeros, as sockets report nearly all addresses. */
const SPELLED_OUT = /^(?:(?:[1-9a-f][\da-f]{0,3}|0):){4}/;

/**
 * The address for which limits count: an IPv4 address, or the /64 of an IPv6 address, because a host may use every
 * address of its /64.
 *
 * @param address a result of `normalizeIp`
 */
export function addressGroup(address: string): string {
  if (!address.includes(':')) return address;
  const network64 = SPELLED_OUT.exec(address)?.[0];
  if (network64 !== undefined) return `${network64}:/64`;
  // `::` stands for the missing zeros. A trailing IPv4 part is below the /64 and takes two hextets.
  const [head = '', tail] = address.split('::');
  const left = hextetsOf(head);
  if (tail !== undefined) {
    const right = hextetsOf(tail);
    const width = right.length + (tail.includes('.') ? 1 : 0);
    while (left.length < 8 - width) left.push('0');
    left.push(...right);
  }
  const network = left.slice(0, NETWORK_HEXTETS).map((hextet) => Number.parseInt(hextet, 16).toString(16));
  return `${network.join(':')}::/64`;
}

function hextetsOf(text: string): string[] {
  return text === '' ? [] : text.split(':');
}
