import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { VerifyJob } from '../../src/cli/verify/verify-job.js';
import type { VerifyReport } from '../../src/cli/verify/verify-report.js';
import { verify } from '../../src/cli/verify/verify.js';
import { kindsOf } from '../fixtures/cli/verify-monitor.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';

const directory = useTemporaryDirectory();

/** The lines of a job, as an export of a journal. */
function linesOf(id: string, named = true): string[] {
  const job = new VerifyJob(id, 3);
  return Array.from({ length: job.messages }, (_, index) => {
    const [channel, command, task_id, task_state] = job.nextFrames();
    const fields = { id: `e-${index + 1}`, time: new Date().toISOString(), command, task_id, task_state };
    return JSON.stringify(named ? { channel, ...fields } : fields);
  });
}

function check(...texts: string[]): Promise<VerifyReport> {
  const files = texts.map((text, index) => {
    const file = directory.file(`${index}.ndjson`);
    writeFileSync(file, text);
    return file;
  });
  const context = { note: () => {}, signal: new AbortController().signal };
  return verify({ files }, { tolerant: false, maxLatency: 500 }, context);
}

describe('verify --check', () => {
  it('accepts an export of complete jobs, and jobs in several files', async () => {
    const lines = [...linesOf('verify-0-1'), ...linesOf('verify-0-2')];
    expect((await check(lines.join('\n'), `${linesOf('verify-0-3').join('\r\n')}\r\n\r\n`)).findings).toEqual(
      [],
    );
  });

  it('recognizes the job in lines without a channel', async () => {
    const lines = linesOf('verify-0-1', false);
    expect(kindsOf(await check(lines.join('\n')))).toEqual({});
    const [kinds] = Object.values(kindsOf(await check(lines.toSpliced(4, 1).join('\n'))));
    expect(kinds).toEqual(['lost']);
  });

  it('finds gaps and repetitions in real jobs', async () => {
    const lines = ['e-4', 'e-5', 'e-7', 'e-7'].map((id) =>
      JSON.stringify({ channel: 'job', id, command: 'TASK' }),
    );
    const [kinds] = Object.values(kindsOf(await check(lines.join('\n'))));
    expect(kinds).toEqual(['lost', 'repeated']);
  });

  it('finds a line that was cut off', async () => {
    const text = linesOf('verify-0-1').join('\n');
    const kinds = Object.values(kindsOf(await check(text.slice(0, -5)))).flat();
    expect(kinds.toSorted()).toEqual(['lost', 'malformed', 'unfinished']);
  });

  it('rejects files without messages, folders and files that are not there', async () => {
    await expect(check('')).rejects.toThrow('contains no message: expected NDJSON');
    await expect(check('\0'.repeat(100))).rejects.toThrow('contains no message');
    await expect(check('x'.repeat(3_000_000))).rejects.toThrow('line 1 is longer than');
    const context = { note: () => {}, signal: new AbortController().signal };
    for (const file of [directory.path, directory.file('missing')])
      await expect(verify({ files: [file] }, { tolerant: false, maxLatency: 1 }, context)).rejects.toThrow(
        `cannot read ${file}`,
      );
  });
});
