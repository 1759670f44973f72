import { expect, test } from 'vitest';
import { describeLink, INITIAL_LINK, type LinkStatus } from '../../web/link-status.js';
import { LIVE, LOST } from '../fixtures/web/job-history.js';

test.each<[LinkStatus, string, string]>([
  [INITIAL_LINK, 'connecting', 'Connecting…'],
  [LIVE, 'live', 'Live'],
  [{ ...LIVE, offline: true }, 'lost', 'Offline'],
  [LOST, 'lost', 'Reconnecting in 4 s'],
  [{ ...LIVE, state: 'connecting' }, 'connecting', 'Reconnecting…'],
  [{ ...LIVE, state: 'ended', end: { reason: 'finished' } }, 'ended', 'Ended'],
])('the link %j looks %s and is described as "%s"', (link, look, label) => {
  expect(describeLink(link, 1500)).toEqual({ look, label });
});
