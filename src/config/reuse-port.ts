import { platform, versions } from 'node:process';

/** The systems on which several processes can listen on one port, each with a queue of its own. */
const PLATFORMS: readonly string[] = ['linux', 'freebsd', 'sunos', 'aix'];

/** Whether Node.js of this version has the option `reusePort` of `server.listen` on this system. */
export function supportsReusePort(version: string = versions.node, system: string = platform): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isNew = major === 22 ? minor >= 12 : major === 23 ? minor >= 1 : major > 23;
  return isNew && PLATFORMS.includes(system);
}

/** What `reuseport` must be, for the problem of a configuration that this Node.js can't apply. */
export const REUSE_PORT = `false with Node.js ${versions.node} on ${platform}; Node.js 22.12, 23.1 or newer on Linux can share a port, or a proxy can distribute the clients to processes on several ports`;
