import { formatPosition, type Position } from './position.js';

/**
 * Says that a log goes on under another epoch, with the same messages and the same numbers: `{"continues":"<old epoch>-<last
 * restored number>","epoch":"<new epoch>"}`. A client keeps its messages.
 */
export function continuationJson({ epoch, seq }: Position, newEpoch: string): string {
  return `{"continues":"${formatPosition(epoch, seq)}","epoch":"${newEpoch}"}`;
}
