import { createHmac, randomBytes } from 'node:crypto';

/** The key of this run. Nobody can compute the hash of a guessed id, and two logs can't be joined by their hashes. */
const KEY = randomBytes(32);

/** Characters of a hash: two channels of 10,000 in one log share a hash with a probability of 1%. */
const LENGTH = 8;

/**
 * The name of a channel in the log above the level `debug`: whoever knows a channel id may read the channel. Equal ids
 * have equal hashes, until the process ends.
 */
export function channelHash(id: string): string {
  return createHmac('sha256', KEY).update(id).digest('hex').slice(0, LENGTH);
}
