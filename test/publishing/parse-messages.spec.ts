import { describe, expect, it } from 'vitest';
import type { BodyFormat } from '../../src/publishing/body-format.js';
import { MESSAGES_PER_REQUEST, parseMessages } from '../../src/publishing/parse-messages.js';
import { PublishRefused } from '../../src/publishing/publish-refused.js';

const LIMITS = { channel_id_bytes: 10, message_bytes: 100 };

function parse(body: string | Buffer, format: BodyFormat = 'json'): unknown {
  try {
    return parseMessages(Buffer.from(body as string), format, { channelId: 'job', limits: LIMITS });
  } catch (error) {
    if (!(error instanceof PublishRefused)) throw error;
    return `${error.reason}: ${error.message}`;
  }
}

const STARTED = { channelId: 'job', command: 'STARTED' };
const COMPILED = { channelId: 'job', command: 'TASK', taskId: 'compile', taskState: 'COMPLETED' };
const STARTED_JSON = '{"command":"STARTED"}';
const COMPILED_JSON = '{"task_state":"COMPLETED","command":"TASK","task_id":"compile"}';

describe('a JSON body', () => {
  it('is one message', () => {
    expect(parse(STARTED_JSON)).toEqual([STARTED]);
    expect(parse(` \r\n${COMPILED_JSON}\n`)).toEqual([COMPILED]);
  });

  it('is an array of messages', () => {
    expect(parse(`[${STARTED_JSON}, ${COMPILED_JSON}]`)).toEqual([STARTED, COMPILED]);
  });

  it('may have a task without a state, and empty texts', () => {
    expect(parse('{"command":"","task_id":""}')).toEqual([{ channelId: 'job', command: '', taskId: '' }]);
  });

  it('may begin with a byte order mark', () => {
    expect(parse(`\ufeff${STARTED_JSON}`)).toEqual([STARTED]);
  });

  it('keeps characters outside of ASCII, escaped or not', () => {
    expect(parse(String.raw`{"command":"žluť \ud83d\ude00 😀 \u0000"}`)).toMatchObject([
      { command: 'žluť 😀 😀 \0' },
    ]);
  });
});

describe('an NDJSON body', () => {
  it.each([
    ['with a newline at the end', `${STARTED_JSON}\n${COMPILED_JSON}\n`],
    ['without a newline at the end', `${STARTED_JSON}\n${COMPILED_JSON}`],
    ['with carriage returns and empty lines', `\r\n${STARTED_JSON}\r\n \n\n${COMPILED_JSON}\r\n\r\n`],
  ])('is one message per line, %s', (_name, body) => {
    expect(parse(body, 'ndjson')).toEqual([STARTED, COMPILED]);
  });
});

describe('a body is refused', () => {
  it.each([
    ['', 'Expected at least one message, got none'],
    [' \n', 'Expected at least one message, got none'],
    ['[]', 'Expected at least one message, got none'],
    ['{"command"', 'body: expected JSON'],
    ['nonsense', 'body: expected JSON'],
    ['7', 'message: expected an object, got 7'],
    ['null', 'message: expected an object, got null'],
    [`[${STARTED_JSON},[${STARTED_JSON}]]`, 'messages[1]: expected an object, got [{"command":"STARTED"}]'],
    ['{}', 'message: expected command to be a string, got nothing'],
    ['{"command":null}', 'message: expected command to be a string, got null'],
    ['{"command":7}', 'message: expected command to be a string, got 7'],
    ['{"command":"TASK","task_id":7}', 'message: expected task_id to be a string, got 7'],
    ['{"command":"TASK","task_id":null}', 'message: expected task_id to be a string, got null'],
    ['{"command":"TASK","task_state":"FAILED"}', 'message: expected task_id to be a string, got nothing'],
    [
      '{"command":"TASK","task_id":"a","task_state":{}}',
      'message: expected task_state to be a string, got {}',
    ],
    ['{"command":"a","taskId":"b"}', 'message: expected only command, task_id, task_state, got "taskId"'],
    [
      '{"command":"a","__proto__":{}}',
      'message: expected only command, task_id, task_state, got "__proto__"',
    ],
    [String.raw`{"command":"\ud83d"}`, 'message: expected Unicode text, got a lone surrogate'],
    [
      `[${STARTED_JSON},{"command":"${'x'.repeat(98)}"}]`,
      'messages[1]: expected at most 100 bytes with the channel id (limits.message_bytes), got 101',
    ],
    ['['.repeat(100_000), 'body: expected JSON'],
  ])('%.60s', (body, text) => {
    expect(parse(body)).toContain(`invalid: ${text}`);
  });

  it('for one invalid line, which it names', () => {
    expect(parse(`${STARTED_JSON}\n\n{"command":1}\n`, 'ndjson')).toBe(
      'invalid: line 3: expected command to be a string, got 1',
    );
    expect(parse(`${STARTED_JSON}\n${STARTED_JSON},\n`, 'ndjson')).toMatch('invalid: line 2: expected JSON');
    expect(parse(`[${STARTED_JSON}]`, 'ndjson')).toMatch('invalid: line 1: expected an object');
    expect(parse('\n', 'ndjson')).toMatch('invalid: Expected at least one message');
  });

  it('for bytes that are not UTF-8', () => {
    expect(parse(Buffer.from('{"command":"\xe9"}', 'latin1'))).toBe(
      'invalid: Expected UTF-8, got other bytes',
    );
  });

  it('for a long unexpected value, which it cuts', () => {
    expect(parse(`{"command":["${'x'.repeat(1000)}"]}`)).toMatch(/got \["x{58}\.\.\.$/);
  });

  it('for too many messages', () => {
    const most = Array.from({ length: MESSAGES_PER_REQUEST }, () => STARTED_JSON);
    expect(parse(`[${most.join()}]`)).toHaveLength(MESSAGES_PER_REQUEST);
    expect(parse(`[${most.join()},${STARTED_JSON}]`)).toMatch(/^too_large: Expected at most 5000 messages/);
    expect(parse([...most, '{'].join('\n'), 'ndjson')).toMatch(/^too_large: .*got 5001/);
  });
});
