import { afterEach, expect, it, vi } from 'vitest';
import { BuiltDaemon, freePorts } from '../fixtures/built-daemon.js';
import { FakeBroker } from '../fixtures/fake-broker.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';

/** Throws an error, or rejects a promise, that no code catches. The monitor does not handle these signals. */
const PLANTED = `
process.on('SIGWINCH', () => { throw new Error('planted error'); });
process.on('SIGCONT', () => { Promise.reject(new Error('planted rejection')); });`;

const COMMAND = [process.execPath, '--import', `data:text/javascript,${encodeURIComponent(PLANTED)}`];

const directory = useTemporaryDirectory();
const daemons: BuiltDaemon[] = [];

afterEach(() => {
  for (const { child } of daemons.splice(0)) child.kill('SIGKILL');
});

it.each([
  ['SIGWINCH', 'planted error', 'uncaughtException'],
  ['SIGCONT', 'planted rejection', 'unhandledRejection'],
] as const)(
  'an unexpected error (%s) is logged in full, ends the process with 1, and loses no message',
  async (signal, text, origin) => {
    const ports = await freePorts();
    const env = { RECODEX_MONITOR_JOURNAL_PATH: directory.file(`journal-${signal}`) };
    const start = async (): Promise<BuiltDaemon> => {
      const daemon = BuiltDaemon.start(ports, env, { command: COMMAND });
      daemons.push(daemon);
      return daemon.untilReady();
    };
    const summary = async (): Promise<unknown> => {
      const url = `http://127.0.0.1:${ports.websocket}/channels/j`;
      return (await fetch(url, { headers: { Accept: 'application/json' } })).json();
    };

    const daemon = await start();
    const broker = await FakeBroker.connect(`tcp://127.0.0.1:${ports.zeromq}`);
    await broker.send('j', 'STARTED');
    await broker.send('j', 'TASK', 'compile', 'COMPLETED');
    await vi.waitFor(async () => expect(await summary()).toMatchObject({ messages: 2 }));
    broker.close();
    daemon.child.kill(signal);

    expect(await daemon.exit).toEqual({ code: 1, signal: null });
    expect(daemon.output).toMatch(
      new RegExp(`\\[ERROR\\].*unexpected error origin=${origin} error=.*${text}`),
    );
    expect(daemon.output).toContain('    at ');

    await start();
    expect(await summary()).toMatchObject({ messages: 2, partial: true, state: 'running' });
  },
);
