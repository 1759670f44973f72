import fc from 'fast-check';
import type { LogEntry } from '../../src/messages/log-entry.js';
import type { MessageFields } from '../../src/messages/progress-message.js';

/** Any Unicode, lone surrogates, and text that looks like the separators of the encodings. */
export const text: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
  fc.string({ unit: 'grapheme-ascii', minLength: 100, maxLength: 300 }),
  fc.constantFrom(
    '',
    'TASK',
    '", "task_id": "',
    '"command": ',
    '\\", "task_state": ',
    '"}',
    '$&',
    '\\',
    '],',
  ),
);

export const message: fc.Arbitrary<MessageFields> = fc.record(
  { command: text, taskId: text, taskState: text },
  { requiredKeys: ['command'] },
);

export const entry: fc.Arbitrary<LogEntry> = fc.record({
  channelId: text,
  epoch: fc.stringMatching(/^[0-9a-z]{1,12}$/),
  seq: fc.integer({ min: 1, max: 1e15 }),
  time: fc.integer({ min: 0, max: 8.64e15 }),
  message,
});
