import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import type { Encoder } from '../../src/messages/encoder.js';
import { legacyFrames } from '../../src/messages/legacy-frames.js';
import type { LogEntry } from '../../src/messages/log-entry.js';
import { sseEvents } from '../../src/messages/sse-events.js';
import { EMPTY_BATCH, streamBatches } from '../../src/messages/stream-batches.js';
import { streamFrames } from '../../src/messages/stream-frames.js';
import { entry } from './arbitraries.js';

const ENTRY: LogEntry = {
  channelId: 'j',
  epoch: '5f3a9c',
  seq: 12,
  time: Date.parse('2026-11-23T19:00:00.000Z'),
  message: { command: 'TASK', taskId: 'compile', taskState: 'COMPLETED' },
};
const LEGACY = '{"command": "TASK", "task_id": "compile", "task_state": "COMPLETED"}';
const STREAM =
  '{"id":"5f3a9c-12","time":"2026-11-23T19:00:00.000Z","command":"TASK","task_id":"compile","task_state":"COMPLETED"}';

const entries = fc.array(entry, { minLength: 1, maxLength: 8 });

describe('legacyFrames', () => {
  it('writes the JSON of the original monitor in a text frame', () => {
    expect(write(legacyFrames, [ENTRY])).toEqual(frame(LEGACY));
  });

  it('writes what a naive implementation writes', () => {
    fc.assert(
      fc.property(entries, (all) => {
        const expected = all.map(({ message }) => {
          const { command, taskId, taskState } = message;
          const fields = Object.entries({ command, task_id: taskId, task_state: taskState })
            .filter(([, value]) => value !== undefined)
            .map(([key, value]) => `"${key}": ${naiveString(value!)}`);
          return frame(`{${fields.join(', ')}}`);
        });
        expect(write(legacyFrames, all)).toEqual(Buffer.concat(expected));
      }),
    );
  });

  it.each([1, 300, 70_000])('decodes what it encodes, whatever the message, repeated %i times', (times) => {
    fc.assert(
      fc.property(entry, ({ message, ...place }) => {
        const fields = { ...message, command: message.command.repeat(times) };
        const bytes = write(legacyFrames, [ENTRY, { ...place, message: fields }, ENTRY]);
        const edge = write(legacyFrames, [ENTRY]).length;
        expect(legacyFrames.decode(bytes, edge, bytes.length - edge)).toEqual(fields);
      }),
      { numRuns: times > 1000 ? 3 : 100 },
    );
  });
});

describe('streamFrames', () => {
  it('writes an item in a text frame', () => {
    expect(write(streamFrames, [ENTRY])).toEqual(frame(STREAM));
  });

  it('writes what a naive implementation writes', () => {
    fc.assert(
      fc.property(entries, (all) => {
        expect(write(streamFrames, all)).toEqual(Buffer.concat(all.map((each) => frame(naiveItem(each)))));
      }),
    );
  });
});

describe('streamBatches', () => {
  it('writes an array in a text frame', () => {
    expect(write(streamBatches, [ENTRY, ENTRY])).toEqual(frame(`[${STREAM},${STREAM}]`));
    expect(EMPTY_BATCH).toEqual(frame('[]'));
  });

  it('writes what a naive implementation writes', () => {
    fc.assert(
      fc.property(entries, (all) => {
        expect(write(streamBatches, all)).toEqual(frame(`[${all.map(naiveItem).join(',')}]`));
      }),
    );
  });
});

describe('sseEvents', () => {
  it('writes an event with the position as its id', () => {
    expect(write(sseEvents, [ENTRY]).toString()).toBe(`id: 5f3a9c-12\ndata: ${STREAM}\n\n`);
  });

  it('writes what a naive implementation writes', () => {
    fc.assert(
      fc.property(entries, (all) => {
        const expected = all.map((each) => `id: ${each.epoch}-${each.seq}\ndata: ${naiveItem(each)}\n\n`);
        expect(write(sseEvents, all).toString()).toBe(expected.join(''));
      }),
    );
  });
});

/** Encodes entries into one write, as a log does. */
function write(encoder: Encoder, all: readonly LogEntry[]): Buffer {
  const bytes = Buffer.from(all.map((each) => encoder.encode(each)).join(''), 'latin1');
  return encoder.wrap?.(bytes) ?? bytes;
}

/** RFC 6455, section 5.2: FIN and opcode 1, no mask, the shortest form of the length. */
function frame(payload: string): Buffer {
  const bytes = Buffer.from(payload);
  const header = Buffer.alloc(bytes.length < 126 ? 2 : bytes.length < 65_536 ? 4 : 10);
  header[0] = 0x81;
  header[1] = bytes.length < 126 ? bytes.length : bytes.length < 65_536 ? 126 : 127;
  if (header.length === 4) header.writeUInt16BE(bytes.length, 2);
  if (header.length === 10) header.writeBigUInt64BE(BigInt(bytes.length), 2);
  return Buffer.concat([header, bytes]);
}

function naiveItem({ epoch, seq, time, message }: LogEntry): string {
  const { command, taskId, taskState } = message;
  const item = {
    id: `${epoch}-${seq}`,
    time: new Date(time),
    command,
    task_id: taskId,
    task_state: taskState,
  };
  return escapeBeyondAscii(JSON.stringify(item));
}

function naiveString(text: string): string {
  return escapeBeyondAscii(JSON.stringify(text));
}

function escapeBeyondAscii(json: string): string {
  return json.replace(/[\x7f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
