import { describe, expect, it } from 'vitest';
import { parseItems } from '../../client/item.js';

describe('parseItems', () => {
  it('reads messages and resets', () => {
    const message = {
      id: 'e-1',
      time: '2026-11-23T19:00:00.000Z',
      command: 'TASK',
      task_id: 'a',
      task_state: 'FAILED',
    };
    expect(parseItems(JSON.stringify(message))).toEqual([message]);
    expect(parseItems('{"reset":"trimmed"}')).toEqual([{ reset: 'trimmed' }]);
    expect(parseItems(JSON.stringify([{ reset: 'epoch' }, message]))).toEqual([{ reset: 'epoch' }, message]);
    expect(parseItems('[]')).toEqual([]);
  });

  it.each(['{"hello":1}', '{"moved":"e-1","epoch":"f"}', '{"reset":""}', '7', '"constructor"', '[[]]'])(
    'returns undefined for %s, which a later version may know',
    (text) => expect(parseItems(text)).toEqual([undefined]),
  );

  it.each([
    'no JSON',
    'null',
    '[null]',
    '[{"id":"e-1"}]',
    '{"id":"nonsense","command":"TASK"}',
    '{"id":"e-1"}',
    '{"id":"e-1","command":"TASK","time":{"toString":1}}',
    '{"id":"e-1","command":"TASK","task_id":["a"]}',
    '{"id":"e-1","command":"TASK","task_state":1}',
  ])('throws for %s', (text) => {
    expect(() => parseItems(text)).toThrow(Error);
  });
});
