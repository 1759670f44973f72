import type { Socket } from 'node:net';
import type { SeededRandom } from './seeded-random.js';

/** The two halves of a connection through a proxy. */
export interface ProxiedLink {
  readonly client: Socket;
  readonly server: Socket;
  readonly destroy: () => void;
  /** Runs an action after some milliseconds, unless the connection is closed before. */
  readonly later: (ms: number, action: () => void) => void;
}

/** What a proxy can do to what the server sends. */
export type LinkFault =
  'none' | 'delay' | 'stall' | 'cut' | 'cut-bytes' | 'half-close-client' | 'half-close-server';

const MAX_DELAY_MS = 200;
const MAX_STALL_MS = 3000;
/** Milliseconds until a fault begins. */
const MAX_START_MS = 4000;
const MAX_CUT_BYTES = 20_000;
/** Milliseconds until a half-closed connection is closed. */
const HALF_CLOSED_MS = 500;

/** Forwards what the server sends, with one fault. */
export const LINK_FAULTS: Readonly<Record<LinkFault, (link: ProxiedLink, random: SeededRandom) => void>> = {
  none: ({ client, server }) => void server.pipe(client),
  delay: ({ client, server, later }, random) => {
    const ms = random.between(1, MAX_DELAY_MS);
    server.on('data', (chunk) => later(ms, () => client.write(chunk)));
    server.on('end', () => later(ms, () => client.end()));
  },
  stall: ({ client, server, later }, random) => {
    server.pipe(client);
    const ms = random.between(100, MAX_STALL_MS);
    later(random.between(0, MAX_START_MS), () => {
      server.unpipe(client);
      server.pause();
      later(ms, () => server.pipe(client));
    });
  },
  cut: ({ client, server, destroy, later }, random) => {
    server.pipe(client);
    later(random.between(0, MAX_START_MS), destroy);
  },
  'cut-bytes': ({ client, server, destroy }, random) => {
    let left = random.between(1, MAX_CUT_BYTES);
    server.on('data', (chunk) => {
      client.write(chunk.subarray(0, left));
      left -= chunk.length;
      if (left <= 0) destroy();
    });
    server.on('end', () => client.end());
  },
  'half-close-client': (link, random) => halfClose(link, link.server, random),
  'half-close-server': (link, random) => halfClose(link, link.client, random),
};

function halfClose(
  { client, server, destroy, later }: ProxiedLink,
  half: Socket,
  random: SeededRandom,
): void {
  server.pipe(client);
  const start = random.between(0, MAX_START_MS);
  later(start, () => half.end());
  later(start + HALF_CLOSED_MS, destroy);
}
