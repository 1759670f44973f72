import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ProducerDecision } from '../../src/channels/producers.js';
import { RecordedProcess } from '../fixtures/journal/recorded-channels.js';

const ACCEPTED: ProducerDecision = { kind: 'accepted' };

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A request that was accepted. */
function publish(running: RecordedProcess, id: string, seq: number, ...commands: string[]): void {
  for (const command of commands) running.channels.append({ channelId: 'j', command });
  running.channels.recordProducer('j', { id, epoch: 0, seq });
  running.channels.flush();
}

function decisions({ channels }: RecordedProcess, id: string, seq: number): string[] {
  return [seq, seq + 1, seq + 2].map(
    (next) => channels.producerDecision('j', { id, epoch: 0, seq: next }).kind,
  );
}

describe('the producers of a channel', () => {
  it('are the same after a graceful restart, also when the last request appended nothing', async () => {
    const running = RecordedProcess.start();
    publish(running, 'p', 0, 'STARTED');
    publish(running, 'q', 0, 'TASK', 'FINISHED');
    publish(running, 'p', 1, 'FINISHED');
    const next = RecordedProcess.start(await running.stop());
    expect(decisions(next, 'p', 1)).toEqual(['repeated', 'accepted', 'gap']);
    expect(decisions(next, 'q', 0)).toEqual(['repeated', 'accepted', 'gap']);
    expect(next.channels.counters.producers).toBe(2);
  });

  it('are kept over several restarts, and when the job starts again', async () => {
    const running = RecordedProcess.start();
    publish(running, 'p', 0, 'STARTED', 'FINISHED');
    publish(running, 'q', 0, 'STARTED');
    let next = running;
    for (let i = 0; i < 3; i++) next = RecordedProcess.start(await next.stop());
    expect(decisions(next, 'p', 0)).toEqual(['repeated', 'accepted', 'gap']);
  });

  it('come back together with the messages of their requests, wherever the journal ends', () => {
    const running = RecordedProcess.start();
    vi.runAllTimers();
    for (let seq = 0; seq < 4; seq++) {
      publish(running, 'p', seq, `a${seq}`, `b${seq}`, 'x'.repeat(300));
      vi.runAllTimers();
    }
    const { operations } = running.disk;
    for (let count = 0; count <= operations.length; count++) {
      for (const bytes of [0, 1, 50, 200, 390]) {
        const { channels } = RecordedProcess.start(running.disk.segmentsAfter(count, bytes));
        const requests = (channels.summary('j')?.messages ?? 0) / 3;
        expect(requests % 1).toBe(0);
        expect(channels.producerDecision('j', { id: 'p', epoch: 0, seq: requests })).toEqual(ACCEPTED);
        if (requests > 0)
          expect(channels.producerDecision('j', { id: 'p', epoch: 0, seq: requests - 1 }).kind).toBe(
            'repeated',
          );
      }
    }
  });

  it('leave the journal with their channel', async () => {
    const running = RecordedProcess.start();
    publish(running, 'p', 0, 'STARTED');
    running.channels.delete('j');
    const next = RecordedProcess.start(await running.stop());
    expect(next.channels.producerDecision('j', { id: 'p', epoch: 0, seq: 0 })).toEqual(ACCEPTED);
    expect(next.channels.counters.producers).toBe(0);
  });
});
