import { execFile, spawnSync } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { delimiter, resolve } from 'node:path';
import { promisify } from 'node:util';
import { load } from 'js-yaml';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { BuiltDaemon, freePorts } from '../fixtures/built-daemon.js';
import { SseClient } from '../fixtures/sse-client.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';
import { UnreliableProxy } from '../fixtures/unreliable-proxy.js';

const EXAMPLES = resolve('docs/examples/publishing');
const STAND_IN = resolve('test/fixtures/celery-stand-in');
const python = spawnSync('python3', ['-c', 'import celery'], { env: process.env });
const run = promisify(execFile);
const directory = useTemporaryDirectory();

let daemon: BuiltDaemon;
let http: string;
let admin: string;
let proxy: UnreliableProxy;

beforeAll(async () => {
  const ports = await freePorts();
  http = `http://127.0.0.1:${ports.websocket}`;
  admin = `http://127.0.0.1:${ports.admin}`;
  daemon = await BuiltDaemon.start(ports).untilReady();
});

afterAll(() => daemon.stop());

beforeEach(async () => {
  // Each fault hits another message of an example.
  const faults = ['busy', undefined, 'cut', undefined, 'forgotten', undefined] as const;
  proxy = await UnreliableProxy.start(admin, faults);
});

afterEach(() => proxy.close());

/** All messages of a finished channel: the command, and the task with its state. */
async function messagesOf(channel: string): Promise<string[]> {
  const stream = await SseClient.open(`${http}/channels/${channel}`);
  await stream.ended;
  return stream.messages.map(({ data }) => {
    const { command, task_id, task_state } = JSON.parse(data) as Record<string, string | undefined>;
    return [command, task_id, task_state].filter((text) => text !== undefined).join(' ');
  });
}

it('the quick start publishes a job', async () => {
  const page = readFileSync('docs/publishing.md', 'utf8');
  const script = /<!-- run: quick start -->\n+```sh\n(.*?)```/s.exec(page)![1]!;
  expect(script).toContain('http://127.0.0.1:4568/');
  const { stdout } = await run('bash', ['-ec', script.replaceAll('http://127.0.0.1:4568', admin)]);
  expect(stdout).toMatch(/^\{"position":"\w+-1","messages":1\}\n?\{"position":"\w+-3","messages":2\}/);
  expect(await messagesOf('job-1')).toEqual(['STARTED', 'TASK compile COMPLETED', 'FINISHED']);
});

it('the shell script publishes each message once, although requests fail', async () => {
  const { stderr } = await run(`${EXAMPLES}/publish.sh`, ['shell-1'], {
    env: { ...process.env, MONITOR: proxy.url },
  });
  expect(stderr).toBe('');
  expect(proxy.faults).toEqual([]);
  expect(await messagesOf('shell-1')).toEqual([
    'STARTED',
    'TASK compile COMPLETED',
    'TASK test FAILED',
    'FINISHED',
  ]);
});

describe('the action for GitHub Actions', () => {
  interface Step {
    readonly uses?: string;
    readonly if?: string;
    readonly run?: string;
    readonly with?: Readonly<Record<string, string>>;
  }
  const action = load(readFileSync(`${EXAMPLES}/publish-progress/action.yml`, 'utf8')) as {
    inputs: Readonly<Record<string, { default?: string }>>;
    runs: { steps: { run: string; env: Readonly<Record<string, string>> }[] };
  };
  const workflow = load(readFileSync(`${EXAMPLES}/github-workflow.yml`, 'utf8')) as {
    jobs: { build: { env: Readonly<Record<string, string>>; steps: Step[] } };
  };

  /** Runs the steps of the workflow that use the action, as a runner does when `make` succeeds. */
  async function runWorkflow(monitor: string): Promise<string> {
    const { env, steps } = workflow.jobs.build;
    const channel = env['CHANNEL']!.replace('${{ github.run_id }}', '7');
    let output = '';
    for (const { with: inputs } of steps.filter((step) => isPublishing(step) && step.if !== 'failure()')) {
      const values = { ...inputs, monitor, channel } as Readonly<Record<string, string>>;
      const [{ run: script, env: names }] = action.runs.steps as [
        { run: string; env: Record<string, string> },
      ];
      const variables = Object.entries(names).map(([name, expression]) => [
        name,
        values[/^\$\{\{ inputs\.(\w+) \}\}$/.exec(expression)![1]!],
      ]);
      const { stdout } = await run('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
        env: {
          PATH: process.env['PATH'],
          GITHUB_JOB: 'build',
          GITHUB_RUN_ATTEMPT: '1',
          RUNNER_TEMP: directory.path,
          ...(Object.fromEntries(variables) as Record<string, string>),
        },
      });
      output += stdout;
    }
    return output;
  }

  function isPublishing({ uses }: Step): boolean {
    return uses === './.github/actions/publish-progress';
  }

  it('publishes each message once, although requests fail', async () => {
    expect(await runWorkflow(proxy.url)).toBe('');
    expect(proxy.faults).toEqual([]);
    expect(await messagesOf('github-7')).toEqual(['STARTED', 'TASK compile COMPLETED', 'FINISHED']);
  });

  it('has the default address of the admin listener', () => {
    expect(action.inputs['monitor']!.default).toBe('http://127.0.0.1:4568');
  });
});

it.skipIf(python.error !== undefined)(
  `the module for ${python.status === 0 ? 'Celery' : 'a stand-in for Celery'} publishes each message once`,
  async () => {
    const path = python.status === 0 ? [EXAMPLES] : [EXAMPLES, STAND_IN];
    const { stderr } = await run(
      'python3',
      ['-B', '-c', "import celery_build; celery_build.build.apply(task_id='celery-1')"],
      {
        env: {
          ...process.env,
          PYTHONPATH: [...path, process.env['PYTHONPATH'] ?? ''].join(delimiter),
          RECODEX_MONITOR: proxy.url,
        },
      },
    );
    expect(stderr).toBe('');
    expect(proxy.faults).toEqual([]);
    expect(await messagesOf('celery-1')).toEqual([
      'STARTED',
      'TASK compile COMPLETED',
      'TASK test FAILED',
      'FINISHED',
    ]);
  },
);

describe('the module for BullMQ', () => {
  interface Example {
    publishProgress(queueEvents: EventEmitter, options: { queue: string; monitor: string }): void;
  }
  const progress = { task_id: 'compile', task_state: 'COMPLETED' };

  it('publishes each message once and in order, for all jobs of a queue', async () => {
    const module = (await import(`${EXAMPLES}/bullmq-progress.mjs`)) as Example;
    const events = new EventEmitter();
    module.publishProgress(events, { queue: 'build', monitor: proxy.url });
    // The events that BullMQ sends when the first attempt of a job fails.
    events.emit('waiting', { jobId: '1' });
    events.emit('delayed', { jobId: '1', delay: 1000 });
    events.emit('waiting', { jobId: '1', prev: 'delayed' });
    events.emit('active', { jobId: '1', prev: 'waiting' });
    events.emit('progress', { jobId: '1', data: progress });
    events.emit('delayed', { jobId: '1', delay: 1000 });
    events.emit('waiting', { jobId: '1', prev: 'delayed' });
    events.emit('active', { jobId: '1', prev: 'waiting' });
    events.emit('active', { jobId: '2', prev: 'waiting' });
    events.emit('progress', { jobId: '2', data: 50 });
    await vi.waitFor(() => expect(proxy.faults).toHaveLength(0), 10_000);
    events.emit('progress', { jobId: '1', data: progress });
    events.emit('completed', { jobId: '1', prev: 'active' });
    events.emit('failed', { jobId: '2', prev: 'active' });
    await vi.waitFor(async () => expect(await stateOf('build-1')).toBe('finished'), 10_000);
    await vi.waitFor(async () => expect(await stateOf('build-2')).toBe('failed'), 10_000);
    const task = 'TASK compile COMPLETED';
    expect(await messagesOf('build-1')).toEqual(['STARTED', task, 'ABORTED', 'STARTED', task, 'FINISHED']);
    expect(await messagesOf('build-2')).toEqual(['STARTED', 'FAILED', 'FINISHED']);
  });
});

async function stateOf(channel: string): Promise<string> {
  const response = await fetch(`${http}/channels/${channel}`, { headers: { Accept: 'application/json' } });
  return ((await response.json()) as { state: string }).state;
}
