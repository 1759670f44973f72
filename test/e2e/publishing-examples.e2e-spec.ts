import { execFile, spawnSync } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { load } from 'js-yaml';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { documentBlocks, nameOf } from '../docs/document-block.js';
import { BuiltDaemon, freePorts } from '../fixtures/built-daemon.js';
import {
  type JobResult,
  type WorkflowJob,
  WorkflowRunner,
  type WorkflowStep,
} from '../fixtures/github/workflow-runner.js';
import { SseClient } from '../fixtures/sse-client.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';
import { UnreliableProxy } from '../fixtures/unreliable-proxy.js';

const EXAMPLES = resolve('docs/examples/publishing');
const STEP = 'docs/publishing.md yaml: - uses: ./.github/actions/publish-progress';
const STAND_IN = resolve('test/fixtures/celery-stand-in');
const python = spawnSync('python3', ['-c', 'import celery'], { env: process.env });
const run = promisify(execFile);
const directory = useTemporaryDirectory();

interface Workflow {
  readonly jobs: { readonly build: WorkflowJob };
}

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
  const { build } = (load(readFileSync(`${EXAMPLES}/github-workflow.yml`, 'utf8')) as Workflow).jobs;

  /** @param steps those of the job @param make the exit code of `make` */
  async function runJob(run: string, steps = build.steps, make = 0): Promise<JobResult> {
    const action = directory.file('repository/.github/actions/publish-progress');
    cpSync(`${EXAMPLES}/publish-progress`, action, { recursive: true });
    const text = readFileSync(join(action, 'action.yml'), 'utf8');
    expect(text).toContain('default: http://127.0.0.1:4568\n');
    writeFileSync(join(action, 'action.yml'), text.replace('http://127.0.0.1:4568', proxy.url));
    mkdirSync(directory.file('bin'));
    writeFileSync(directory.file('bin/make'), `#!/bin/sh\nexit ${make}\n`, { mode: 0o755 });
    const env = { PATH: `${directory.file('bin')}:${process.env['PATH']}` };
    const github = { job: 'build', run_attempt: '1', run_id: run };
    const runner = new WorkflowRunner(directory.file('repository'), directory.path, env, github);
    return runner.run({ ...build, steps });
  }

  it('publishes each message once, although requests fail', async () => {
    expect(await runJob('1')).toEqual({ conclusion: 'success', output: '' });
    expect(proxy.faults).toEqual([]);
    expect(await messagesOf('github-1')).toEqual(['STARTED', 'TASK compile COMPLETED', 'FINISHED']);
  });

  it('publishes that the job has failed', async () => {
    expect(await runJob('2', build.steps, 1)).toEqual({ conclusion: 'failure', output: '' });
    expect(await messagesOf('github-2')).toEqual(['STARTED', 'FAILED', 'FINISHED']);
  });

  it('publishes what the step of the page says', async () => {
    const block = documentBlocks('docs/publishing.md').find((candidate) => nameOf(candidate) === STEP)!;
    const steps = [build.steps[0]!, ...(load(block.code) as WorkflowStep[]), build.steps.at(-1)!];
    expect(await runJob('3', steps)).toEqual({ conclusion: 'success', output: '' });
    expect(await messagesOf('github-3')).toEqual(['TASK compile COMPLETED', 'FINISHED']);
  });

  it.each([
    [{ run: 'true', if: "github.ref == 'main'" }, `expected success(), failure() or always()`],
    [
      { run: 'echo ${{ hashFiles(1) }}' },
      'expected the name of a value in github, env; got " hashFiles(1) "',
    ],
    [{ uses: 'actions/cache@v4' }, 'expected a script, actions/checkout or an action of the repository'],
  ])('is not run with a step that the test does not know: %j', async (step, problem) => {
    await expect(runJob('4', [step])).rejects.toThrow(problem);
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
