import { describe, expect, it } from 'vitest';
import { useDaemons } from '../fixtures/daemon.js';
import { useWatchRun } from '../fixtures/watch-run.js';

const TOKEN = 'e30.e30.first';
const NEXT = 'e30.e30.second';
const REFUSED =
  'the monitor refuses to show this job: the token has expired, or the monitor does not accept it';

const run = useWatchRun();
const daemons = useDaemons();

describe('watch with a token', () => {
  it('offers it as a sub-protocol, and never in the URL', async () => {
    const watching = run.start({ token: TOKEN });
    const connection = await run.monitor.connection();
    expect(connection).toMatchObject({
      path: '/channels/job',
      offered: `recodex.v2,recodex.v1,token.${TOKEN}`,
    });
    connection.send('e-1 STARTED', 'e-2 FINISHED');
    expect(await watching).toBe(0);
  });

  it.each([
    [401, REFUSED],
    [403, 'the monitor refuses to show this job: HTTP 403: the token does not include this job'],
  ])('exits with 2 after HTTP %i, and says why', async (status, line) => {
    run.monitor.refuse(status);
    expect(await run.start({ token: TOKEN })).toBe(2);
    expect(run.terminal.lines().at(-1)).toBe(line);
    expect(run.terminal.text).not.toContain(TOKEN);
  });

  it('goes on with the new token of a file when the first one has expired', async () => {
    let token = TOKEN;
    const watching = run.start({ token: () => token });
    const first = await run.monitor.connection();
    first.send('e-1 STARTED');
    await run.terminal.shows('STARTED');
    token = NEXT;
    first.close(1008, 'token');
    const second = await run.monitor.connection();
    expect(second).toMatchObject({
      path: '/channels/job?after=e-1',
      offered: `recodex.v2,recodex.v1,token.${NEXT}`,
    });
    second.send('e-2 FINISHED');
    expect(await watching).toBe(0);
  });

  it.each([
    ['still has the expired token', () => TOKEN],
    [
      'can no longer be read',
      () => {
        throw new Error('ENOENT');
      },
    ],
  ])('exits with 2 when the token has expired and its file %s', async (_state, renew) => {
    let read = (): string => TOKEN;
    const watching = run.start({ token: () => read() });
    const connection = await run.monitor.connection();
    connection.send('e-1 STARTED');
    await run.terminal.shows('STARTED');
    read = renew;
    connection.close(1008, 'token');
    expect(await watching).toBe(2);
    expect(run.terminal.lines().at(-1)).toBe(REFUSED);
  });
});

it('watch without a token says that one is needed, also when the stream was open', async () => {
  const watching = run.start();
  const connection = await run.monitor.connection();
  connection.close(1008, 'token');
  expect(await watching).toBe(2);
  expect(run.terminal.lines().at(-1)).toContain('it wants a token, see --token-file');
});

describe('The command line', () => {
  it('takes the token of the environment without a warning about an unknown key', async () => {
    const watching = daemons.start(['watch', 'job', '--url', run.monitor.url], {
      RECODEX_MONITOR_TOKEN: TOKEN,
    });
    const connection = await run.monitor.connection();
    expect(connection.offered).toContain(`token.${TOKEN}`);
    connection.send('e-1 STARTED', 'e-2 FINISHED');
    expect(await watching.exit).toBe(0);
    expect(watching.err).toBe('');
  });

  it.each([
    ['watch', 'job'],
    ['verify', '--pause', '0'],
  ])('%s exits with 2 when the token is no JWT, and does not print it', async (...command) => {
    const refused = daemons.start([...command, '--url', run.monitor.url, '--token', 'secret']);
    expect(await refused.exit).toBe(2);
    expect(refused.err).toContain('--token: expected a JWT');
    expect(refused.out + refused.err).not.toContain('secret');
  });

  it('rejects two origins of a token', async () => {
    const both = ['--token', TOKEN, '--token-file', 'token'];
    expect(await daemons.start(['watch', 'job', ...both]).exit).toBe(64);
    expect(await daemons.start(['verify', '--check', 'file', '--token', TOKEN]).exit).toBe(64);
  });
});
