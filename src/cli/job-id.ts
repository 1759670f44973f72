import { InvalidArgumentError } from 'commander';
import { channelUrl } from 'recodex-monitor/client';

/** Reads a job's id, for commander: only what can stand in a URL can be watched. */
export function jobId(text: string): string {
  if (text === '') throw new InvalidArgumentError('expected a job id that is not empty.');
  try {
    channelUrl('ws://localhost', text);
  } catch {
    throw new InvalidArgumentError('expected a job id that can stand in a URL.');
  }
  return text;
}
