import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type DocumentBlock, documentBlocks, nameOf } from '../docs/document-block.js';
import { documentedCommands } from '../docs/documented-commands.js';
import { BuiltDaemon, freePorts, type Ports } from '../fixtures/built-daemon.js';
import { runMain } from '../fixtures/run-main.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';
import { ENVIRONMENT, run } from './run.js';

const ZEROMQ = 'docs/zeromq.md python: import zmq';
const CELERY = 'docs/publishing.md python: from celery_progress import publish_step';
/** The Python of Debian, which has the Debian packages python3-zmq and python3-celery. */
const PYTHON = '/usr/bin/python3';
const EXAMPLES = resolve('docs/examples/publishing');

const directory = useTemporaryDirectory();
let daemon: BuiltDaemon | undefined;
afterEach(async () => {
  await daemon?.stop();
  daemon = undefined;
});

describe('the documented firewall', () => {
  it.each(documentedCommands('nft'))('%s drops what comes from other addresses', (command) => {
    // The script runs in a separate network namespace, so the firewall of the machine stays as it is. It prints the exit
    // code of a refused connection, and then that of a connection without an answer.
    const script = `
      ip link set lo up
      connect() { timeout 1 bash -c 'exec 3<>/dev/tcp/127.0.0.1/7894' 2>/dev/null || echo $?; }
      nft add table inet filter
      nft add chain inet filter input '{ type filter hook input priority 0; }'
      connect
      ${command}
      connect`;
    expect(run('unshare', '--net', 'sh', '-ec', script)).toBe('1\n124\n');
  });
});

describe('the documented sender in Python', () => {
  it('with CURVE sends a job', async () => {
    const folder = directory.file('curve');
    expect(await runMain(['curve-keys', '--out', folder, '--client', 'client']).exit).toBe(0);
    copyFileSync(`${folder}/client.key`, directory.file('client.key'));
    copyFileSync(`${folder}/monitor.pub`, directory.file('monitor.pub'));
    const ports = await startDaemon({
      RECODEX_MONITOR_ZEROMQ_CURVE_KEY: `${folder}/monitor.key`,
      RECODEX_MONITOR_ZEROMQ_CURVE_CLIENTS: `${folder}/allowed-clients`,
    });
    const script = block(ZEROMQ).code.replace('127.0.0.1:7894', `127.0.0.1:${ports.zeromq}`);
    expect(await python(script)).toBe(0);
    await expectFinished(ports, 'job-1', {});
  });

  it('with Celery publishes a step of a task', async () => {
    const ports = await startDaemon();
    copyFileSync(`${EXAMPLES}/celery_progress.py`, directory.file('celery_progress.py'));
    const script = `from celery import Celery
app = Celery()
${block(CELERY).code}
build.apply(task_id="task-1")`;
    expect(await python(script, { RECODEX_MONITOR: `http://127.0.0.1:${ports.admin}` })).toBe(0);
    await expectFinished(ports, 'task-1', { completed: 1 });
  });
});

async function startDaemon(env: Record<string, string> = {}): Promise<Ports> {
  const ports = await freePorts();
  daemon = await BuiltDaemon.start(ports, env).untilReady();
  return ports;
}

/** Runs a script in the temporary directory. Resolves with its exit code. */
async function python(script: string, env: Record<string, string> = {}): Promise<number> {
  writeFileSync(directory.file('documented.py'), script);
  const child = spawn(PYTHON, ['-B', 'documented.py'], {
    cwd: directory.path,
    env: { ...ENVIRONMENT, ...env },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const [code] = (await once(child, 'close')) as [number];
  return code;
}

async function expectFinished(ports: Ports, id: string, tasks: object): Promise<void> {
  const summary = async (): Promise<unknown> =>
    (
      await fetch(`http://127.0.0.1:${ports.websocket}/channels/${id}`, {
        headers: { Accept: 'application/json' },
      })
    ).json();
  await expect.poll(summary).toMatchObject({ state: 'finished', tasks });
}

function block(name: string): DocumentBlock {
  return documentBlocks(name.split(' ', 1)[0]!).find((candidate) => nameOf(candidate) === name)!;
}
