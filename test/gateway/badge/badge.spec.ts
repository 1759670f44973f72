import { describe, expect, test } from 'vitest';
import type { ChannelSummary } from '../../../src/channels/channel-summary.js';
import { badgeOf, badgeOptions, type Badge } from '../../../src/gateway/badge/badge.js';
import { badgeSvg } from '../../../src/gateway/badge/badge-svg.js';

const SUMMARY: ChannelSummary = {
  id: 'j',
  position: 'e-9',
  state: 'running',
  attempt: 1,
  tasks: { completed: 7, failed: 0, skipped: 0 },
  messages: 9,
  partial: false,
  subscribers: 0,
  started_at: null,
  updated_at: null,
  finished_at: null,
};
const OVER = { state: 'finished' } as const;
const MIXED = { completed: 7, failed: 2, skipped: 1 };

describe('a badge', () => {
  test.each<[Partial<ChannelSummary> | undefined, number | undefined, string, Badge['tone']]>([
    [undefined, undefined, 'unknown', 'unknown'],
    [{ state: 'waiting', messages: 0 }, undefined, 'unknown', 'unknown'],
    [{}, undefined, 'running, 7 tasks', 'running'],
    [{}, 20, 'running, 7 of 20 tasks', 'running'],
    [{ partial: true }, 20, 'running, at least 7 of 20 tasks', 'running'],
    [{ state: 'aborted' }, undefined, 'aborted', 'mixed'],
    [{ state: 'failed' }, undefined, 'failed', 'failed'],
    [OVER, undefined, 'finished, 7 tasks', 'ok'],
    [OVER, 7, 'finished, 7 tasks', 'ok'],
    [OVER, 8, 'finished, 7 of 8 tasks', 'mixed'],
    [{ ...OVER, partial: true }, 7, 'finished, incomplete data', 'mixed'],
    [{ ...OVER, tasks: MIXED }, undefined, '2 of 10 tasks failed', 'mixed'],
    [{ ...OVER, tasks: MIXED, partial: true }, undefined, 'at least 2 of 10 tasks failed', 'mixed'],
    [{ ...OVER, tasks: { ...MIXED, failed: 0 } }, undefined, '1 of 8 tasks skipped', 'mixed'],
    [{ ...OVER, tasks: { completed: 0, failed: 0, skipped: 0 } }, undefined, 'finished, no tasks', 'mixed'],
  ])('of %j with %j expected tasks says "%s" in the tone %s', (change, expected, text, tone) => {
    const summary = change && { ...SUMMARY, ...change };
    expect(badgeOf(summary, { label: 'job', expected })).toEqual({ label: 'job', text, tone });
  });

  test.each([
    ['/channels/j/badge.svg', 'job', undefined],
    ['/channels/j/badge.svg?label=&expected=', 'job', undefined],
    ['/channels/j/badge.svg?label=My%20job&expected=20', 'My job', 20],
    ['/channels/j/badge.svg?label=%20a%0A%00%E2%80%AEb%20', 'a b', undefined],
    ['/channels/j/badge.svg?expected=-1', 'job', undefined],
    ['/channels/j/badge.svg?expected=1000001', 'job', undefined],
    ['/channels/j/badge.svg?expected=0', 'job', undefined],
    [`/channels/j/badge.svg?label=${'x'.repeat(41)}`, 'x'.repeat(40), undefined],
    [`/channels/j/badge.svg?label=${encodeURIComponent('😀'.repeat(41))}`, '😀'.repeat(40), undefined],
    ['/channels/j/badge.svg?label=%ff', '\ufffd', undefined],
  ])('has the options of %s', (url, label, expected) => {
    expect(badgeOptions(url)).toEqual({ label, expected });
  });

  test('contains its texts escaped', () => {
    const svg = badgeSvg({ label: `<script>"&'`, text: ']]><x', tone: 'ok' });
    expect(svg).toContain(">&lt;script&gt;&quot;&amp;'</text>");
    expect(svg).toContain('aria-label="&lt;script&gt;&quot;&amp;\': ]]&gt;&lt;x"');
    expect(svg).not.toMatch(/<script|<x/);
  });

  test('is as wide as its texts', () => {
    const width = (label: string): number =>
      Number(/width="(\d+)"/.exec(badgeSvg({ label, text: 'ok', tone: 'ok' }))![1]);
    expect(width('a longer label')).toBeGreaterThan(width('label'));
    expect(width('標籤')).toBeGreaterThan(width('ab'));
  });
});
