import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { legacyJson, parseLegacyJson } from '../../src/messages/legacy-json.js';
import { message } from './arbitraries.js';

describe('legacyJson', () => {
  it.each([
    [
      { command: 'TASK', taskId: 'compile', taskState: 'COMPLETED' },
      '{"command": "TASK", "task_id": "compile", "task_state": "COMPLETED"}',
    ],
    [{ command: '' }, '{"command": ""}'],
    [{ command: 'TASK', taskId: 'a' }, '{"command": "TASK", "task_id": "a"}'],
  ])('writes keys and separators as json.dumps does: %o', (fields, json) => {
    expect(legacyJson(fields)).toBe(json);
  });

  it('is ASCII that JSON.parse reads back, whatever the fields', () => {
    fc.assert(
      fc.property(message, (fields) => {
        const json = legacyJson(fields);
        expect(json).toMatch(/^[\x20-\x7e]*$/);
        const { command, taskId: task_id, taskState: task_state } = fields;
        expect(JSON.parse(json)).toEqual({ command, task_id, task_state });
      }),
    );
  });

  it.each([
    { command: '' },
    { command: 'TASK', taskId: '' },
    { command: 'TASK', taskState: '' },
    { command: 'TASK', taskId: 'a', taskState: 'COMPLETED' },
  ])('is read back by parseLegacyJson, without fields that are missing: %o', (fields) => {
    expect(parseLegacyJson(legacyJson(fields))).toStrictEqual(fields);
  });

  it('is read back by parseLegacyJson, whatever the fields', () => {
    fc.assert(
      fc.property(message, (fields) => {
        expect(parseLegacyJson(legacyJson(fields))).toEqual(fields);
      }),
    );
  });
});
