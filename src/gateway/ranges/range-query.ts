import { BadRequestException } from '@nestjs/common';
import { formatValue } from '../../config/problem.js';

/**
 * Messages of the largest range, and of a range without `limit`. A client that does not take its answer costs about as much
 * memory as `limits.socket_buffer_bytes`.
 */
const MAX_LIMIT = 1000;

/** The query of a request for a range of messages. */
export interface RangeQuery {
  /** The number of the first message. `undefined`: the oldest message that is kept. */
  readonly from: number | undefined;
  /** Messages; fewer when the log ends before. */
  readonly limit: number;
  /** The log that the client has seen. `undefined`: the log that the channel has now. */
  readonly epoch: string | undefined;
}

/** Reads the query of a URL. Ignores other parameters. Throws a 400 that lists all problems. */
export function readRangeQuery(url: string): RangeQuery {
  const parameters = new URLSearchParams(url.split('?', 2)[1]);
  const problems: string[] = [];
  const read = (name: string, pattern: RegExp, expected: string): string | undefined => {
    const values = parameters.getAll(name);
    if (values.length === 0) return undefined;
    if (values.length === 1 && pattern.test(values[0]!)) return values[0];
    problems.push(
      `${name}: expected ${expected}, got ${formatValue(values.length > 1 ? values : values[0])}`,
    );
    return undefined;
  };
  const from = read('from', /^[1-9]\d{0,14}$/, 'the number of a message, from 1');
  const limit = read('limit', /^([1-9]\d{0,2}|1000)$/, `a number of messages from 1 to ${MAX_LIMIT}`);
  const epoch = read('epoch', /^[0-9a-z]{1,64}$/, 'the first part of a position, such as 5f3a9c21b0d4');
  if (problems.length > 0) throw new BadRequestException(problems.join('; '));
  return {
    from: from === undefined ? undefined : Number(from),
    limit: limit === undefined ? MAX_LIMIT : Number(limit),
    epoch,
  };
}
