import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { effectScope, nextTick, ref, type EffectScope, type Ref } from 'vue';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { compileScript, parse } from 'vue/compiler-sfc';
import { WebSocket } from 'ws';
import type { Summary } from '../../client/client.js';
import { markedBlock } from '../fixtures/markdown.js';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';

interface Progress {
  readonly summary: Summary;
  readonly connection: string;
  readonly end: string | undefined;
}

const page = readFileSync('docs/vue.md', 'utf8');
const running = setUpMonitor();
// The composable imports `vue`, so its file is below the folder of the packages.
const directory = mkdtempSync(resolve('node_modules', '.documented-'));
let scope: EffectScope;
let useProgress: (url: Ref<string>) => Progress;

beforeAll(async () => {
  const client = JSON.stringify(resolve('dist/client/client.js'));
  const file = join(directory, 'useProgress.mjs');
  writeFileSync(file, markedBlock(page, 'composable').replace("'recodex-monitor/client'", client));
  ({ useProgress } = (await import(file)) as { useProgress: typeof useProgress });
});

beforeEach(() => {
  vi.stubGlobal('WebSocket', WebSocket);
  scope = effectScope();
});

afterEach(() => {
  scope.stop();
  vi.unstubAllGlobals();
});

afterAll(() => rmSync(directory, { recursive: true }));

function urlOf(id: string): string {
  return `${running.monitor.http}/channels/${id}`;
}

describe('the composable of docs/vue.md', () => {
  it('follows a job to its end, and starts over with another job', async () => {
    const [first, second] = [await running.playNew('STARTED', 'FINISHED'), await running.playNew('STARTED')];
    const url = ref(urlOf(first));
    const progress = scope.run(() => useProgress(url))!;
    await vi.waitFor(() => expect(progress.end).toBe('finished'), 5000);
    expect(progress.summary.state).toBe('finished');
    url.value = urlOf(second);
    await nextTick();
    expect([progress.summary.state, progress.end]).toEqual(['waiting', undefined]);
    await vi.waitFor(() => expect(progress.summary.state).toBe('running'), 5000);
    await running.broker.send(second, 'TASK', 'a', 'COMPLETED');
    await vi.waitFor(() => expect(progress.summary.tasks.completed).toBe(1), 5000);
  });

  it('closes the stream with its scope, and without a URL', async () => {
    const id = await running.playNew('STARTED');
    const url = ref(urlOf(id));
    const progress = scope.run(() => useProgress(url))!;
    await running.untilSummary(id, { subscribers: 1 });
    url.value = '';
    await running.untilSummary(id, { subscribers: 0 });
    expect(progress.summary.state).toBe('waiting');
    url.value = urlOf(id);
    await running.untilSummary(id, { subscribers: 1 });
    scope.stop();
    await running.untilSummary(id, { subscribers: 0 });
  });
});

it('the component of docs/vue.md compiles', () => {
  const { descriptor, errors } = parse(markedBlock(page, 'component'));
  expect(errors).toEqual([]);
  const { content } = compileScript(descriptor, { id: 'progress', inlineTemplate: true });
  expect(content).toContain('useProgress');
});
