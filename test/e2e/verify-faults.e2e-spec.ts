import { describe, expect, it } from 'vitest';
import { kindsOf, setUpVerify } from '../fixtures/cli/verify-monitor.js';

const { runThrough } = setUpVerify();

/** Whether a frame or an event contains the message about a task. */
const isTask = (text: string, task: number): boolean => text.includes(`/${task}/15/`);

describe('verify through a proxy', () => {
  it('finds nothing wrong with a proxy that forwards', async () => {
    expect((await runThrough({})).findings).toEqual([]);
  });

  it('finds lost messages, and what follows from them', async () => {
    const report = await runThrough({ change: (text) => (isTask(text, 7) ? [] : [text]) });
    expect(kindsOf(report)).toEqual({
      v2: ['lost'],
      v1: ['lost'],
      legacy: ['lost'],
      sse: ['lost'],
      // The library detects the gap, and connects again in vain.
      library: expect.arrayContaining(['cut', 'unfinished']) as string[],
    });
    expect(report.text()).toContain('v1 (2 of 2 streams): 1 message is missing');
  });

  it('finds repeated messages', async () => {
    const report = await runThrough({ change: (text) => (isTask(text, 7) ? [text, text] : [text]) });
    // The library delivers each message once all the same.
    expect(kindsOf(report)).toEqual({
      v2: ['repeated'],
      v1: ['repeated'],
      legacy: ['repeated'],
      sse: ['repeated'],
    });
  });

  it('finds messages in the wrong order', async () => {
    let held: string[] = [];
    const report = await runThrough(
      {
        change: (text) => {
          if (isTask(text, 7)) held = [text];
          if (isTask(text, 8)) return [text, ...held];
          return isTask(text, 7) ? [] : [text];
        },
      },
      { jobs: 1, watchers: 4, rate: 100 },
    );
    expect(report.findings.map(({ kind }) => kind)).toContain('order');
  });

  it('finds messages that the proxy has altered', async () => {
    const report = await runThrough({
      change: (text) => [isTask(text, 7) ? text.replace('FAILED', 'SKIPPED') : text],
    });
    for (const group of ['v2', 'v1', 'legacy', 'sse', 'library'])
      expect(kindsOf(report)[group]).toEqual(['altered']);
  });

  it('finds messages of another job', async () => {
    let other: string | undefined;
    const report = await runThrough(
      {
        change: (text) => {
          if (/-1\/3\/15/.test(text) && !text.startsWith('[') && !text.startsWith('id:')) other = text;
          return other !== undefined &&
            /-2\/9\/15/.test(text) &&
            !text.startsWith('[') &&
            !text.startsWith('id:')
            ? [text, other]
            : [text];
        },
      },
      { watchers: 4 },
    );
    expect(kindsOf(report)['legacy']).toContain('foreign');
  });

  it('finds text that the proxy adds', async () => {
    const report = await runThrough(
      { change: (text) => (isTask(text, 7) ? ['<html>', text] : [text]) },
      { watchers: 3 },
    );
    expect(kindsOf(report)).toMatchObject({ v2: ['malformed'], v1: ['malformed'], legacy: ['malformed'] });
  });

  it('finds a proxy that buffers', async () => {
    const report = await runThrough({ buffers: true }, { rate: 80, maxLatency: 200 });
    expect(kindsOf(report)['sse']).toEqual(['buffered']);
    expect(kindsOf(report)['v1']).toEqual(['buffered']);
    expect(report.text()).toMatch(
      /the first message took \d\.\d s; 15 of 15 arrived together\n +The proxy buffers/,
    );
  });

  it('finds a proxy that closes idle connections', async () => {
    const report = await runThrough({ idle: 1100 }, { pause: 2, watchers: 4 });
    for (const group of ['v2', 'v1', 'legacy', 'sse']) expect(kindsOf(report)[group]).toEqual(['cut']);
    expect(report.text()).toContain('The proxy closes idle connections');
    expect(report.text()).toContain('s of silence');
  });

  it('names the status of a refused upgrade, and still verifies the other protocols', async () => {
    const report = await runThrough({ upgradeStatus: 400 });
    expect(kindsOf(report)).toEqual({ v2: ['refused'], v1: ['refused'], legacy: ['refused'] });
    expect(report.text()).toContain(
      'v2 (2 of 2 streams): WebSocket upgrade refused: HTTP 400\n    The proxy does not forward the upgrade',
    );
  });
});
