import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { TestClient } from '../fixtures/test-client.js';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';

// Transcripts of clients of the original monitor behind the real broker. test/golden/README.md describes the format.
const GOLDEN = new URL('../golden/', import.meta.url);

interface Event {
  readonly ev: 'open' | 'frame' | 'close' | 'timeout';
  readonly raw?: string;
  readonly code?: number;
  readonly reason?: string;
  readonly by?: 'server' | 'client';
}

const running = setUpMonitor();

describe('a client gets the frames of the original, byte for byte', () => {
  for (const file of readdirSync(GOLDEN).filter((name) => name.endsWith('.jsonl'))) {
    const events = read(file);
    const frames = events.filter(({ ev }) => ev === 'frame').map(({ raw }) => raw!);
    const end = events.at(-1)!;

    it(`${file}: a client that connects before the first message`, async () => {
      const client = running.connectLegacy(file);
      await client.opened();
      await play(file, frames);
      await sees(client, frames, end);
    });

    it(`${file}: a client that connects after the last message`, async () => {
      const id = `${file}.late`;
      await play(id, frames);
      await sees(running.connectLegacy(id, '/any/path'), frames, end);
    });
  }
});

async function sees(client: TestClient, frames: string[], end: Event): Promise<void> {
  expect(await client.received(frames.length)).toEqual(frames);
  if (end.by === 'client') client.socket.close(1000);
  expect(await client.closed).toEqual({ code: end.code, reason: end.reason });
  expect(client.frames).toEqual(frames);
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
