import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { BuiltDaemon, freePorts } from '../fixtures/built-daemon.js';
import { SseClient } from '../fixtures/sse-client.js';

const MESSAGES_EACH = 100;

/** Milliseconds before a producer repeats a request. */
const RETRY_INTERVAL = 20;

/** A producer that follows the rules of docs/publishing.md. It counts the answers by status. */
class PatientProducer {
  readonly answers: Record<number, number> = {};
  private epoch = 0;
  private seq = 0;

  constructor(private readonly url: string) {}

  async publish(message: object): Promise<void> {
    for (;;) {
      const status = await this.post(JSON.stringify(message));
      this.answers[status] = (this.answers[status] ?? 0) + 1;
      if (status === 200 || status === 204) return void this.seq++;
      if (status === 409) {
        this.epoch++;
        this.seq = 0;
      }
      await wait(RETRY_INTERVAL);
    }
  }

  /** Resolves with the status of the answer; 0: no answer. */
  private async post(body: string): Promise<number> {
    const headers = {
      'Content-Type': 'application/json',
      'Producer-Id': 'patient',
      'Producer-Epoch': String(this.epoch),
      'Producer-Seq': String(this.seq),
    };
    return fetch(this.url, { method: 'POST', headers, body }).then(
      async (response) => {
        await response.arrayBuffer();
        return response.status;
      },
      () => 0,
    );
  }
}

function taskIds({ messages }: SseClient): (string | undefined)[] {
  return messages.map(({ data }) => (JSON.parse(data) as { task_id?: string }).task_id);
}

it('a restart loses no published message, and repeats none', async () => {
  const ports = await freePorts();
  const url = `http://127.0.0.1:${ports.websocket}/channels/job`;
  const producer = new PatientProducer(`http://127.0.0.1:${ports.admin}/channels/job`);
  const old = await BuiltDaemon.start(ports).untilReady();
  const before = await SseClient.open(url);
  let sent = 0;
  const send = async (): Promise<void> => producer.publish({ command: 'TASK', task_id: String(sent++) });
  while (sent < MESSAGES_EACH) await send();

  let restarted = false;
  const sending = (async () => {
    while (!restarted) await send();
    for (let i = 0; i < MESSAGES_EACH; i++) await send();
    await producer.publish({ command: 'FINISHED' });
  })();
  await old.stop();
  const next = await BuiltDaemon.start(ports).untilReady();
  restarted = true;
  await sending;
  const after = await SseClient.open(url);
  await after.ended;

  const expected = Array.from({ length: sent }, (_, id) => String(id));
  expect([...taskIds(before), ...taskIds(after)]).toEqual([...expected, undefined]);
  expect(producer.answers[409]).toBe(1);
  await next.stop();
}, 60_000);
