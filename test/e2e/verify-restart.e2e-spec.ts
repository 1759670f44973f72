import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, expect, it, vi } from 'vitest';
import { verify } from '../../src/cli/verify/verify.js';
import { BuiltDaemon, freePorts } from '../fixtures/built-daemon.js';
import { kindsOf } from '../fixtures/cli/verify-monitor.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';

const directory = useTemporaryDirectory();
let daemon: BuiltDaemon;

afterEach(() => daemon.child.kill('SIGKILL'));

it.each([true, false])('a restart in the middle is a fault unless it is intended: %s', async (tolerant) => {
  const kinds = await kindsWhen(tolerant, {}, () => daemon.stop());
  if (tolerant) expect(kinds).toEqual([]);
  else expect(kinds).toEqual(expect.arrayContaining(['cut', 'reset']));
});

it('after a crash, a monitor with a journal continues all streams', async () => {
  const env = { RECODEX_MONITOR_JOURNAL_PATH: directory.file('journal') };
  const kinds = await kindsWhen(true, env, async () => {
    const exited = once(daemon.child, 'exit');
    daemon.child.kill('SIGKILL');
    await exited;
  });
  expect(kinds).toEqual([]);
});

/** The kinds of faults that `verify` reports when the monitor ends in the middle and starts again. */
async function kindsWhen(
  tolerant: boolean,
  env: Record<string, string>,
  end: () => Promise<unknown>,
): Promise<string[]> {
  const ports = await freePorts();
  daemon = await BuiltDaemon.start(ports, env).untilReady();
  const record = directory.file('recording.ndjson');
  const run = verify(
    {
      url: `http://127.0.0.1:${ports.websocket}`,
      endpoint: `tcp://127.0.0.1:${ports.zeromq}`,
      jobs: 1,
      messages: 200,
      rate: 100,
      watchers: 5,
      pause: 0,
      patience: 5,
      record,
    },
    { tolerant, maxLatency: 60_000 },
    { note: () => {}, signal: new AbortController().signal },
  );
  await vi.waitFor(() => expect(readFileSync(record, 'utf8')).toContain('"TASK"'), { timeout: 10_000 });
  await end();
  daemon = await BuiltDaemon.start(ports, env).untilReady();
  return [...new Set(Object.values(kindsOf(await run)).flat())];
}
