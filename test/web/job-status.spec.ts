import { describe, expect, test } from 'vitest';
import { jobStatus, type JobStatus } from '../../web/job-status.js';
import { INITIAL_LINK, type LinkStatus } from '../../web/link-status.js';
import { historyOf, LIVE, LOST } from '../fixtures/web/job-history.js';

function statusAfter(commands: readonly string[], link: LinkStatus): JobStatus {
  return jobStatus(historyOf(commands), { expected: undefined, link, now: 5000 });
}

describe('the status of a job', () => {
  test.each<[string[], LinkStatus, string]>([
    [[], INITIAL_LINK, 'Connecting'],
    [[], { ...INITIAL_LINK, state: 'waiting' }, 'No connection'],
    [[], LIVE, 'Waiting for the first message'],
    [[], { ...LIVE, emptySince: 1 }, 'Waiting for the first message'],
    [[], { ...LIVE, emptySince: 0 }, 'No information about this job'],
    [[], { ...LIVE, emptySince: 0, state: 'connecting', recheckedAt: 4000 }, 'No information about this job'],
    [[], { ...LOST, emptySince: 0 }, 'Connection lost'],
    [[], LOST, 'Connection lost'],
    [[], { ...INITIAL_LINK, state: 'ended', end: { reason: 'refused' } }, 'Not available'],
    [['STARTED'], LIVE, 'Running'],
    [['STARTED'], { ...LIVE, offline: true }, 'Last known state: Running'],
    [['STARTED'], LOST, 'Last known state: Running'],
    [['STARTED'], { ...LIVE, state: 'connecting', recheckedAt: 3001 }, 'Running'],
    [['STARTED'], { ...LIVE, state: 'connecting', recheckedAt: 3000 }, 'Last known state: Running'],
    [['STARTED'], { ...LIVE, state: 'ended', end: { reason: 'idle' } }, 'Last known state: Running'],
    [['STARTED', 'ABORTED'], LIVE, 'Aborted'],
    [['STARTED', 'ABORTED', 'FAILED'], LIVE, 'Failed'],
    [['FAILED', 'FINISHED'], LOST, 'Failed'],
    [['STARTED', 'FINISHED'], LOST, 'Finished'],
  ])('after %j with the link %j is "%s"', (commands, link, headline) => {
    expect(statusAfter(commands, link).headline).toBe(headline);
  });

  test.each([
    [[], 'HTTP 403 application/json', 'HTTP 403'],
    [['STARTED'], 'HTTP 404 text/html', 'HTTP 404'],
    [[], '1008 no such job', '1008 no such job'],
  ])('after %j and the refusal "%s" names "%s"', (commands, detail, shown) => {
    const link: LinkStatus = { ...INITIAL_LINK, state: 'ended', end: { reason: 'refused', detail } };
    const status = statusAfter(commands, link);
    expect(status.detail).toContain(shown);
    expect(status.detail).not.toMatch(/json|html/);
  });

  test('is never "Finished" only because the stream ended', () => {
    const ended: LinkStatus = { ...LIVE, state: 'ended', end: { reason: 'idle' } };
    for (const commands of [[], ['STARTED'], ['STARTED', 'ENDED', 'UPLOADED'], ['ABORTED'], ['FAILED']])
      expect(statusAfter(commands, ended).headline).not.toContain('Finished');
  });

  test.each(['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf'])(
    'treats the property name %s like any unknown command or outcome',
    (name) => {
      for (const commands of [[name], ['STARTED', name], [`TASK ${name} ${name}`]]) {
        expect(statusAfter(commands, LIVE)).toEqual({
          tone: 'running',
          headline: 'Running',
          detail: 'The job is reporting its progress.',
        });
      }
      const [entry] = historyOf([`TASK ${name} ${name}`]).entries;
      expect(entry).toMatchObject({ kind: 'unknown', text: `${name} (${name})` });
      expect(historyOf([name]).entries[0]).toMatchObject({ kind: 'step', text: `Message “${name}”` });
    },
  );

  test('names the time of the last contact when the connection is lost', () => {
    const { detail } = statusAfter(['STARTED'], { ...LOST, heardAt: 0 });
    expect(detail).toMatch(
      /^No connection\. Last contact with the monitor: \d\d:00:00\. This page may be out of date\.$/,
    );
  });
});
