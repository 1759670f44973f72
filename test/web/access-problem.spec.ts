import { describe, expect, test } from 'vitest';
import type { End } from '../../client/client.js';
import { accessProblem } from '../../web/access-problem.js';
import { jobStatus } from '../../web/job-status.js';
import type { LinkStatus } from '../../web/link-status.js';
import { unsignedJwt } from '../fixtures/jwt.js';
import { historyOf, LIVE } from '../fixtures/web/job-history.js';

const NOW = 100_000;
const VALID = unsignedJwt({ exp: 101, name: 'ž' });
const EXPIRED = unsignedJwt({ exp: 100 });

const refusal = (detail: string): End => ({ reason: 'refused', detail });

describe('the page says', () => {
  test.each<[string, string, string | undefined, boolean]>([
    ['opened without an access token', 'HTTP 401 application/json', undefined, false],
    ['does not accept the access token', 'token', VALID, false],
    ['does not accept the access token', 'token', unsignedJwt({}), false],
    ['does not accept the access token', 'token', unsignedJwt({ exp: 'soon' }), false],
    ['does not accept the access token', 'token', 'no JWT', false],
    ['does not accept the access token', 'token', 'a.%%%.c', false],
    ['token of this page has expired', 'token', EXPIRED, false],
    ['token of this page has expired', 'token', VALID, true],
    ['does not include this job', 'HTTP 403', VALID, false],
    ['does not include this job', 'HTTP 403', VALID, true],
  ])('"%s" for %j, the token %j, wasLive %s', (sentence, detail, token, wasLive) => {
    expect(accessProblem({ end: refusal(detail), wasLive }, token, NOW)?.detail).toContain(sentence);
  });

  test.each<[End | undefined, string | undefined]>([
    [undefined, VALID],
    [{ reason: 'finished' }, EXPIRED],
    [refusal('HTTP 404 text/html'), VALID],
    [refusal('HTTP 403 text/html'), undefined],
    [refusal('1008 channel id'), VALID],
  ])('nothing about the access for %j with the token %j', (end, token) => {
    expect(accessProblem({ end, wasLive: false }, token, NOW)).toBeUndefined();
  });

  test('the last known state, with the reason why no more messages come', () => {
    const link: LinkStatus = { ...LIVE, state: 'ended', end: refusal('token') };
    const status = jobStatus(historyOf(['STARTED']), { expected: undefined, link, token: VALID, now: NOW });
    expect(status.headline).toBe('Last known state: Running');
    expect(status.detail).toContain('has expired');
  });

  test('the result of a job that is over, whatever happens to the access', () => {
    const link: LinkStatus = { ...LIVE, state: 'ended', end: refusal('token') };
    const history = historyOf(['STARTED', 'FAILED', 'FINISHED']);
    const status = jobStatus(history, { expected: undefined, link, token: VALID, now: NOW });
    expect(status.headline).toBe('Failed');
  });
});
