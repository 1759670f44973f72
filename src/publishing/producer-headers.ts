import type { IncomingHttpHeaders } from 'node:http';
import type { ProducerDecision, ProducerStamp } from '../channels/producers.js';
import { PublishRefused } from './publish-refused.js';

const NAMES = ['Producer-Id', 'Producer-Epoch', 'Producer-Seq'] as const;

/** Characters of the longest producer id. A channel keeps the ids of its producers. */
const LONGEST_ID = 256;

/**
 * Reads the headers with which the Durable Streams protocol identifies the request of a producer. `undefined`: the
 * request has none of them. Throws `PublishRefused` if one is missing or invalid.
 */
export function producerOf(headers: IncomingHttpHeaders): ProducerStamp | undefined {
  const [id, epoch, seq] = NAMES.map((name) => headers[name.toLowerCase()]?.toString());
  if (id === undefined && epoch === undefined && seq === undefined) return undefined;
  if (id === undefined || epoch === undefined || seq === undefined) {
    const missing = NAMES.filter((name) => headers[name.toLowerCase()] === undefined);
    throw invalid(`Expected ${NAMES.join(', ')} together, got no ${missing.join(' and no ')}`);
  }
  if (id === '' || id.length > LONGEST_ID)
    throw invalid(`Producer-Id: expected 1 to ${LONGEST_ID} characters, got ${id.length}`);
  return { id, epoch: wholeNumber('Producer-Epoch', epoch), seq: wholeNumber('Producer-Seq', seq) };
}

/** The headers that confirm an accepted request; `last` is the newest request that the channel has accepted. */
export function confirmation(last: ProducerStamp): Record<string, string> {
  return { 'Producer-Epoch': String(last.epoch), 'Producer-Seq': String(last.seq) };
}

/** The answer to a request of a producer that a channel does not accept. */
export function refusalOf(
  decision: Exclude<ProducerDecision, { kind: 'accepted' | 'repeated' }>,
  { epoch, seq }: ProducerStamp,
): PublishRefused {
  switch (decision.kind) {
    case 'gap':
      return new PublishRefused(
        'gap',
        `Expected Producer-Seq ${decision.expectedSeq}, got ${seq}: send the missing requests first, or start a ` +
          'higher Producer-Epoch with Producer-Seq 0',
        { 'Producer-Expected-Seq': String(decision.expectedSeq), 'Producer-Received-Seq': String(seq) },
      );
    case 'stale_epoch':
      return new PublishRefused(
        'stale_epoch',
        `Expected Producer-Epoch ${decision.epoch} or higher, got ${epoch}: another instance of this producer has started`,
        { 'Producer-Epoch': String(decision.epoch) },
      );
    case 'epoch_not_at_start':
      return invalid(`Expected Producer-Seq 0 at the start of Producer-Epoch ${epoch}, got ${seq}`);
  }
}

function wholeNumber(name: string, text: string): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  if (Number.isSafeInteger(value)) return value;
  throw invalid(`${name}: expected a whole number from 0 to ${Number.MAX_SAFE_INTEGER}, got "${text}"`);
}

function invalid(text: string): PublishRefused {
  return new PublishRefused('invalid', text);
}
