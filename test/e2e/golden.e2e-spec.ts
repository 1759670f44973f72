import { describe, expect, it } from 'vitest';
import { GoldenTranscript } from '../fixtures/golden-transcript.js';
import type { TestClient } from '../fixtures/test-client.js';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';

const running = setUpMonitor();

describe('a client gets the frames of the original, byte for byte', () => {
  for (const transcript of GoldenTranscript.all()) {
    const { file } = transcript;

    it(`${file}: a client that connects before the first message`, async () => {
      const client = running.connectLegacy(file);
      await client.opened();
      await play(file, transcript);
      await sees(client, transcript);
    });

    it(`${file}: a client that connects after the last message`, async () => {
      const id = `${file}.late`;
      await play(id, transcript);
      await sees(running.connectLegacy(id, '/any/path'), transcript);
    });
  }
});

async function sees(client: TestClient, { frames, end }: GoldenTranscript): Promise<void> {
  expect(await client.received(frames.length)).toEqual(frames);
  if (end.by === 'client') client.socket.close(1000);
  expect(await client.closed).toEqual({ code: end.code, reason: end.reason });
  expect(client.frames).toEqual(frames);
}

async function play(id: string, { messages }: GoldenTranscript): Promise<void> {
  for (const message of messages) await running.broker.send(id, ...message);
}
