import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { legacyJson } from '../../src/messages/legacy-json.js';
import { streamJson } from '../../src/messages/stream-json.js';

const TIME = Date.parse('2026-11-23T19:00:00.000Z');

describe('legacyJson', () => {
  it('writes keys and separators as json.dumps does', () => {
    expect(legacyJson({ channelId: 'j', command: 'TASK', taskId: 'compile', taskState: 'COMPLETED' })).toBe(
      '{"command": "TASK", "task_id": "compile", "task_state": "COMPLETED"}',
    );
    expect(legacyJson({ channelId: 'j', command: '' })).toBe('{"command": ""}');
    expect(legacyJson({ channelId: 'j', command: 'TASK', taskId: 'a' })).toBe(
      '{"command": "TASK", "task_id": "a"}',
    );
  });

  it.each([
    ['Příklad', 'P\\u0159\\u00edklad'],
    ['"\\', '\\"\\\\'],
    ['\n\r\t\f\b', '\\n\\r\\t\\f\\b'],
    ['\x00\x07\x1f\x7f\x80', '\\u0000\\u0007\\u001f\\u007f\\u0080'],
    ['😀', '\\ud83d\\ude00'],
    ['/<>&', '/<>&'],
    ['\u2028\uffff', '\\u2028\\uffff'],
  ])('escapes %j', (text, escaped) => {
    expect(legacyJson({ channelId: 'j', command: text })).toBe(`{"command": "${escaped}"}`);
  });

  it('escapes a long text as a short one', () => {
    const text = 'aé\x7f\u2028😀"\x01';
    const short = legacyJson({ channelId: 'j', command: text }).slice(13, -2);
    const long = legacyJson({ channelId: 'j', command: text.repeat(1000) });
    expect(long).toBe(`{"command": "${short.repeat(1000)}"}`);
  });

  it('is ASCII that reads back to the same, whatever the strings', () => {
    fc.assert(
      fc.property(text(), text(), text(), (command, taskId, taskState) => {
        const json = legacyJson({ channelId: 'j', command, taskId, taskState });
        expect(json).toMatch(/^[\x20-\x7e]*$/);
        expect(JSON.parse(json)).toEqual({ command, task_id: taskId, task_state: taskState });
      }),
    );
  });
});

describe('streamJson', () => {
  it('puts position and time first and leaves no spaces', () => {
    const json = legacyJson({ channelId: 'j', command: 'TASK', taskId: 'compile', taskState: 'COMPLETED' });
    expect(streamJson(json, '5f3a9c-12', TIME)).toBe(
      '{"id":"5f3a9c-12","time":"2026-11-23T19:00:00.000Z","command":"TASK","task_id":"compile","task_state":"COMPLETED"}',
    );
  });

  it('leaves the strings alone, even such as look like separators', () => {
    const tricky = fc.oneof(
      text(),
      fc.constantFrom('", "task_id": "', '"command": ', '\\", "task_state": ', '$&', '\\'),
    );
    fc.assert(
      fc.property(tricky, fc.option(tricky, { nil: undefined }), tricky, (command, taskId, taskState) => {
        const message = { channelId: 'j', command, ...(taskId !== undefined && { taskId, taskState }) };
        const stream = streamJson(legacyJson(message), 'e-1', TIME);
        expect(stream).toBe(
          JSON.stringify({
            id: 'e-1',
            time: '2026-11-23T19:00:00.000Z',
            ...(JSON.parse(legacyJson(message)) as object),
          })
            // JSON.stringify does not escape beyond ASCII; everything else is the same.
            .replace(/[\x7f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
        );
      }),
    );
  });
});

function text(): fc.Arbitrary<string> {
  return fc.string({ unit: 'binary' });
}
