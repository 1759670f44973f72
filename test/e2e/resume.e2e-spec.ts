import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';

const running = setUpMonitor();

describe('clients that lose their connections at random and resume', () => {
  it('receive each message of the log once, over WebSocket and over Server-Sent Events', async () => {
    const cuts = fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 40 }),
        cuts,
        cuts,
        async (messages, webSocketCuts, sseCuts) => {
          const id = running.freshId();
          const watching = Promise.all([overWebSocket(id, webSocketCuts), overSse(id, sseCuts)]);
          for (let i = 1; i < messages; i++) await running.broker.send(id, 'TASK', String(i), 'COMPLETED');
          await running.broker.send(id, 'FINISHED');
          const [first, second] = await watching;
          expect(first.map(sequence)).toEqual(Array.from({ length: messages }, (_, i) => i + 1));
          expect(second).toEqual(first);
        },
      ),
      { numRuns: 40 },
    );
  });
});

/** The positions that a client receives. Its connection number n is cut after `cuts[n]` messages. */
async function overWebSocket(id: string, cuts: readonly number[]): Promise<string[]> {
  const seen: string[] = [];
  for (const cut of [...cuts, Infinity]) {
    const client = running.connect(`/channels/${id}${after(seen)}`);
    const { code } = await Promise.race([client.closed, client.received(cut).then(() => ({ code: 0 }))]);
    // Messages after the cut count as lost with the connection.
    seen.push(...client.frames.slice(0, cut).map((frame) => (JSON.parse(frame) as { id: string }).id));
    client.socket.terminate();
    if (code === 1000 && client.frames.length <= cut) return seen;
  }
  return seen;
}

async function overSse(id: string, cuts: readonly number[]): Promise<string[]> {
  const seen: string[] = [];
  for (const cut of [...cuts, Infinity]) {
    const client = await running.openEvents(`/channels/${id}${after(seen)}`);
    await Promise.race([client.ended, client.received(cut).catch(() => {})]);
    seen.push(...client.ids.slice(0, cut));
    const over = client.status === 204 || client.events.slice(0, cut).some(({ event }) => event === 'end');
    client.cut();
    if (over) return seen;
  }
  return seen;
}

function after(seen: readonly string[]): string {
  return seen.length > 0 ? `?after=${seen.at(-1)}` : '';
}

function sequence(id: string): number {
  return Number(id.slice(id.indexOf('-') + 1));
}
