import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as closeCodes from '../../src/gateway/close-codes.js';

/** Codes that the WebSocket library sends by itself: a violation of the protocol, no UTF-8, a message that is too long. */
const CODES_OF_LIBRARY = [1002, 1007, 1009];

interface Row {
  readonly code: number;
  readonly reason: string;
  readonly reconnect: string;
}

const [, section = ''] = readFileSync('docs/protocol.md', 'utf8').split('## Close codes');
const rows: Row[] = [...section.matchAll(/^\| (\d{4}) \| (\S.*?)? *\| .*? \| (\S.*?) *\|$/gm)].map(
  ([, code, reason = '', reconnect]) => ({
    code: Number(code),
    reason: reason.replaceAll('`', ''),
    reconnect: reconnect!,
  }),
);
const sent = Object.values(closeCodes).filter((value) => 'code' in value);

describe('the close codes of docs/protocol.md', () => {
  it('are those of the monitor, each once', () => {
    // The table names a legacy end beside the other one.
    const expected = sent.filter((code) => code !== closeCodes.LEGACY_FINISHED);
    const names = (list: readonly { code: number; reason: string }[]): string[] =>
      list.map(({ code, reason }) => `${code} ${reason}`).toSorted();
    expect(names(rows.filter(({ code }) => !CODES_OF_LIBRARY.includes(code)))).toEqual(names(expected));
  });

  it('forbid to reconnect after an end, and after an error of the client', () => {
    const final = rows.filter(({ reconnect }) => reconnect === 'no').map(({ code }) => code);
    expect(new Set(final)).toEqual(new Set([1000, 1002, 1003, 1007, 1008, 1009]));
  });
});
