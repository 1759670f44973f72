import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { TestClient } from '../fixtures/test-client.js';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';

// Transcripts of what watchers of the original saw behind the real broker; test/golden/README.md tells their format.
const GOLDEN = new URL('../golden/', import.meta.url);

interface Event {
  readonly ev: 'open' | 'frame' | 'close' | 'timeout';
  readonly raw?: string;
  readonly code?: number;
  readonly reason?: string;
  readonly by?: 'server' | 'client';
}

const running = setUpMonitor();

describe('a transcript of the original, byte for byte', () => {
  for (const file of readdirSync(GOLDEN).filter((name) => name.endsWith('.jsonl'))) {
    const events = read(file);
    const frames = events.filter(({ ev }) => ev === 'frame').map(({ raw }) => raw!);
    const end = events.at(-1)!;

    it(`${file}: a watcher from the start`, async () => {
      const watcher = new TestClient(`${running.monitor.ws}/`, { firstMessage: file });
      await watcher.opened();
      await play(file, frames);
      await sees(watcher, frames, end);
    });

    it(`${file}: a watcher who comes late`, async () => {
      const id = `${file}.late`;
      await play(id, frames);
      await sees(new TestClient(`${running.monitor.ws}/any/path`, { firstMessage: id }), frames, end);
    });
  }
});

async function sees(watcher: TestClient, frames: string[], end: Event): Promise<void> {
  expect(await watcher.received(frames.length)).toEqual(frames);
  if (end.by === 'client') watcher.socket.close(1000);
  expect(await watcher.closed).toEqual({ code: end.code, reason: end.reason });
  expect(watcher.frames).toEqual(frames);
}

async function play(id: string, frames: string[]): Promise<void> {
  for (const raw of frames) {
    const { command, task_id, task_state } = JSON.parse(raw) as Record<string, string>;
    await running.broker.send(id, ...[command, task_id, task_state].filter((frame) => frame !== undefined));
  }
}

function read(file: string): Event[] {
  const lines = readFileSync(new URL(file, GOLDEN), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Event);
}
