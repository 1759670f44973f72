import { describe, expect, it } from 'vitest';
import { parseItem } from '../client/item.js';

describe('parseItem', () => {
  it('reads messages and resets', () => {
    const message = {
      id: 'e-1',
      time: '2026-11-23T19:00:00.000Z',
      command: 'TASK',
      task_id: 'a',
      task_state: 'FAILED',
    };
    expect(parseItem(JSON.stringify(message))).toEqual(message);
    expect(parseItem('{"reset":"trimmed"}')).toEqual({ reset: 'trimmed' });
  });

  it('passes over what a later server may send', () => {
    expect(parseItem('{"hello":1}')).toBeUndefined();
  });

  it.each([
    'no JSON',
    '{"id":"nonsense","command":"TASK"}',
    '{"id":"e-1"}',
    '{"id":"e-1","command":"TASK","time":{"toString":1}}',
    '{"id":"e-1","command":"TASK","task_id":["a"]}',
    '{"id":"e-1","command":"TASK","task_state":1}',
  ])('throws on %s', (text) => {
    expect(() => parseItem(text)).toThrow(Error);
  });
});
