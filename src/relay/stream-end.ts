import { errorText } from '../text/error-text.js';
import type { StreamEntry } from './entry-reader.js';
import { START } from './entry-id.js';
import { textsOf, type RedisLink, type RedisReply } from './redis-link.js';
import type { RelayContext } from './relay-context.js';

/** The end of the stream and the lease, as Redis has them. */
export interface StreamEnd {
  readonly last: string;
  /** Some process has the lease. */
  readonly isLed: boolean;
}

/** Reads an answer to XREAD: `[[stream, [[id, [field, value]]]]]`, or null after the time of BLOCK. */
export function entriesOf(reply: RedisReply): StreamEntry[] {
  if (!Array.isArray(reply)) return [];
  const [[, entries]] = reply as [[Buffer, [Buffer, [Buffer, Buffer]][]]];
  return entries.map(([id, [field, value]]) => ({
    id: String(id),
    records: String(field) === 'r1' ? value : undefined,
  }));
}

/** Asks for the end of the stream. Uses plain commands for reading only, so that an edge needs no other permission. */
export async function streamEnd(link: RedisLink, { keys }: RelayContext): Promise<StreamEnd> {
  const [info, leases] = await Promise.all([
    link.command('XINFO', 'STREAM', keys.stream).catch((error: unknown) => {
      if (errorText(error).includes('no such key')) return null;
      throw error;
    }),
    link.command('EXISTS', keys.lease),
  ]);
  const facts = info === null ? [] : textsOf(info);
  const last = facts[facts.indexOf('last-generated-id') + 1];
  return { last: info === null ? START : last!, isLed: leases === 1 };
}
