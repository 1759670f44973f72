import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { ChannelsService } from '../../src/channels/channels.service.js';
import { verify } from '../../src/cli/verify/verify.js';
import { kindsOf, setUpVerify } from '../fixtures/cli/verify-monitor.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';

const { running, notes, run } = setUpVerify();
const directory = useTemporaryDirectory();
const LIMITS = { tolerant: false, maxLatency: 5000 };
const CONTEXT = { note: () => {}, signal: new AbortController().signal };

describe('verify', () => {
  it('reports that each message arrived exactly once and in order, for each protocol', async () => {
    const report = await run();
    expect(report.ok).toBe(true);
    expect(JSON.parse(report.json())).toMatchObject({
      ok: true,
      findings: [],
      groups: Object.fromEntries(
        ['v2', 'v1', 'legacy', 'sse', 'library'].map((group) => [
          group,
          { streams: 2, messages: 40, lost: 0 },
        ]),
      ),
    });
    expect(report.text()).toMatch(
      /^ +streams +messages[^]*\nOK: each message arrived exactly once and in order, in all of 10 streams.\n$/,
    );
    expect(notes).toEqual([expect.stringContaining('40 messages in 2 jobs, watched by 10 streams')]);
  });

  it('accepts a URL with a scheme for WebSockets, a path and a slash at its end', async () => {
    const url = `${running.monitor.ws}/monitor/`;
    expect((await run({ url, jobs: 1 })).findings).toEqual([]);
  });

  it('records what it receives, and finds the same in the recording', async () => {
    const record = directory.file('recording.ndjson');
    await run({ record });
    expect(readFileSync(record, 'utf8').trimEnd().split('\n')).toHaveLength(10 * 21);
    const report = await verify({ files: [record] }, LIMITS, CONTEXT);
    expect(report.findings).toEqual([]);
    expect(JSON.parse(report.json())).toMatchObject({ groups: { sse: { streams: 2, messages: 40 } } });
  });

  it('ends its channels when it is interrupted, and leaves other channels alone', async () => {
    const job = await running.playNew('STARTED');
    const stop = new AbortController();
    const summary = vi.spyOn(running.monitor.app.get(ChannelsService), 'summary');
    const interrupted = run({ rate: 5, jobs: 1, signal: stop.signal });
    interrupted.catch(() => undefined);
    await vi.waitFor(() => expect(summary).toHaveBeenCalled(), 5000);
    const id = summary.mock.calls[0]![0];
    await vi.waitFor(() => expect(running.summary(id)?.messages).toBeGreaterThan(0), 5000);
    stop.abort();
    await expect(interrupted).rejects.toThrow('aborted');
    await running.untilSummary(id, { state: 'finished' });
    expect(running.summary(job)).toMatchObject({ state: 'running', messages: 1 });
  });

  it('can not write a recording into a folder that does not exist', async () => {
    const record = directory.file('missing/recording.ndjson');
    await expect(run({ record })).rejects.toThrow(`cannot write ${record}`);
    expect(existsSync(record)).toBe(false);
  });
});

describe('messages that go to another monitor', () => {
  const { running: other } = setUpVerify();

  it('are reported as that', async () => {
    const { endpoint } = other.monitor;
    await expect(run({ endpoint, jobs: 1 })).rejects.toThrow(
      /no message arrived: the monitor at http:\S+ is not the one that receives at tcp:/,
    );
  });
});

describe('a bounded log', () => {
  const { run: runBounded } = setUpVerify({ limits: { channel_messages: 8 } });

  it('does not disturb watchers that follow', async () => {
    expect(kindsOf(await runBounded({ jobs: 1 }))).toEqual({});
  });
});
