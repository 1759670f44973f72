import { expect, it } from 'vitest';
import { parseRecordedLine } from '../../../src/cli/verify/recorded-line.js';

it.each(['channel', 'channel_id', 'channelId'])('reads the key %s as the channel', (key) => {
  const line = JSON.stringify({ [key]: 'job', id: 'e-1', command: 'STARTED', subscribers: 3 });
  expect(parseRecordedLine(line)).toMatchObject({ channel: 'job', item: { id: 'e-1', command: 'STARTED' } });
});

it('reads a line without a channel', () => {
  const line = parseRecordedLine('{"reset":"epoch","received":12.5,"watcher":"v1-1"}');
  expect(line).toEqual({ channel: undefined, watcher: 'v1-1', received: 12.5, item: { reset: 'epoch' } });
});

it.each([
  '',
  'text',
  '[]',
  'null',
  '7',
  '{"command":7}',
  '{"id":"e-1","command":"A","time":{}}',
  '{"command":',
])('rejects %j', (line) => {
  expect(parseRecordedLine(line)).toBeUndefined();
});
