import type { FaultLimits } from './findings.js';
import { checkRecordings } from './recorded-streams.js';
import { RecordingFile } from './recording-file.js';
import { VerifyReport } from './verify-report.js';
import { VerifyRun, type VerifyOptions } from './verify-run.js';

/** What is verified: a running monitor, or recorded files. */
export type VerifySource =
  | (Omit<VerifyOptions, 'record'> & {
      /** The file for the items that are received. */
      readonly record?: string | undefined;
    })
  | { readonly files: readonly string[] };

interface VerifyContext {
  /** Prints a line for the person who waits. */
  readonly note: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Verifies a source. Rejects with a `CannotVerifyError` if that is not possible, and when the signal is aborted. */
export async function verify(
  source: VerifySource,
  limits: FaultLimits,
  { note, signal }: VerifyContext,
): Promise<VerifyReport> {
  if ('files' in source) return new VerifyReport(await checkRecordings(source.files), limits);
  const file = source.record === undefined ? undefined : await RecordingFile.create(source.record);
  const record = file && ((channel: string) => file.recorder(channel));
  const run = new VerifyRun({ ...source, record }, signal);
  try {
    await run.connect();
    note(describeRun(source));
    await run.run();
  } finally {
    await file?.close();
  }
  signal.throwIfAborted();
  return new VerifyReport(run.watchers, limits);
}

function describeRun({ url, jobs, messages, rate, watchers, pause }: Omit<VerifyOptions, 'record'>): string {
  const seconds = Math.ceil((jobs * messages) / rate + pause);
  return `Publishing ${jobs * messages} messages in ${jobs} jobs, watched by ${jobs * watchers} streams through ${url} (about ${seconds} s).`;
}
