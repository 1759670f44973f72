import { execFileSync } from 'node:child_process';
import { expect } from 'vitest';
import { z } from 'zod';
import * as adminApi from '../../src/admin/api/schemas.js';
import { type DocumentBlock, nameOf } from './document-block.js';
import { PublicStreams } from './public-streams.js';

const streams = new PublicStreams();
const adminSchemas = Object.values(adminApi).filter((value) => value instanceof z.ZodType);

/** The line of a recording: docs/verify.md. */
const recordedMessage = z.strictObject({
  channel: z.string(),
  watcher: z.string(),
  received: z.number(),
  id: z.string(),
  time: z.string(),
  command: z.string(),
});

const grammars: Readonly<Record<string, (block: DocumentBlock) => void | string[]>> = {
  json: ({ code }) => checkMessage(code),
  ndjson: ({ code }) => code.trim().split('\n').forEach(checkMessage),
  sse: checkEvents,
  // test/packages/documented-commands.package-spec.ts gives them to systemd.
  ini: ({ code }) => expectLines(code, /^(\[(Service|Socket)\]|[A-Z]\w+=.*|#.*|)$/),
  python: (block) => {
    execFileSync('python3', ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], { input: block.code });
    return [nameOf(block)];
  },
  mermaid: (block) => {
    expect(block.code).toMatch(/^flowchart LR\n/);
    return [nameOf(block)];
  },
  // test/docs/log-lines.spec.ts compares each line with the sources.
  log: ({ code }) => {
    expect(code.trim()).not.toBe('');
  },
};

/** The languages of `checkData`. */
export const DATA_LANGUAGES = Object.keys(grammars);

/** Checks a block of data. Throws if it is wrong. Returns what is not executed. */
export function checkData(block: DocumentBlock): void | string[] {
  return grammars[block.language]!(block);
}

/** A JSON text fits a schema of the public streams, of the admin API, or of a recording. */
function checkMessage(text: string): void {
  const value: unknown = JSON.parse(withoutGaps(text));
  const fits =
    streams.fitting(value).length > 0 ||
    [...adminSchemas, recordedMessage].some((schema) => schema.safeParse(value).success);
  expect(fits, `fits no schema: ${text}`).toBe(true);
}

function checkEvents({ code }: DocumentBlock): void {
  for (const line of code.split('\n')) {
    expect(line).toMatch(/^((event|data|id|retry): .+|: \w+|:|)$/);
    if (line.startsWith('data: ')) JSON.parse(withoutGaps(line.slice(6)));
  }
}

/** The text without the ellipses that stand for what a page leaves out. */
function withoutGaps(text: string): string {
  return text.replaceAll('[...]', '[]').replaceAll(/,\s*\.\.\.(?=[}\]])/g, '');
}

function expectLines(code: string, pattern: RegExp): void {
  for (const line of code.split('\n')) expect(line).toMatch(pattern);
}
