import { InvalidArgumentError } from 'commander';
import { channelUrl } from 'recodex-monitor/client';

/** Parses a job id for commander. Rejects an id that no URL can contain. */
export function parseJobId(text: string): string {
  if (text === '') throw new InvalidArgumentError('expected a job id that is not empty.');
  try {
    channelUrl('ws://localhost', text);
  } catch {
    throw new InvalidArgumentError('expected a job id that a URL can contain.');
  }
  return text;
}
