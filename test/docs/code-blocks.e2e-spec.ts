import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { useCertificates } from '../fixtures/certificates.js';
import { checkData, DATA_LANGUAGES } from './data-blocks.js';
import { type DocumentBlock, documentBlocks, documentPages, nameOf } from './document-block.js';
import { DocumentedMachine } from './documented-machine.js';
import { beginningOf, EXECUTED_BY } from './executed-by.js';
import { ScriptTypes } from './script-types.js';

const certificates = useCertificates();
const types = new ScriptTypes();
let machine: DocumentedMachine;

beforeAll(async () => {
  machine = await DocumentedMachine.start(certificates);
}, 60_000);

afterAll(() => machine.stop());

type Checked = void | string[];

/** How a block of each language is checked. A check returns what it has not executed: commands, or the block. */
const checks: Readonly<
  Record<string, (block: DocumentBlock, before?: DocumentBlock) => Checked | Promise<Checked>>
> = {
  ...Object.fromEntries(DATA_LANGUAGES.map((language) => [language, checkData])),
  sh: (block) => machine.runShell(block),
  console: (block) => machine.runTranscript(block),
  http: (block, before) => machine.runExchange(block, before),
  text: (block, before) => machine.compareOutput(block, before),
  yaml: (block) => machine.checkYaml(block),
  md: (block) => machine.requestLinks(block),
  html: runScript,
  js: runScript,
  jsx: checkTypes,
  ts: checkTypes,
  vue: checkTypes,
};

/** The commands and blocks that other suites execute. */
const elsewhere = new Set<string>();

describe('the code blocks of the documentation', () => {
  const blocks = documentPages().flatMap((page) =>
    documentBlocks(page).map((block, index, all) => [at(block), block, all[index - 1]] as const),
  );

  it.each(blocks)(
    '%s',
    async (_place, block, before) => {
      const texts = await check(block, before);
      for (const text of texts) elsewhere.add(text);
      expect(texts.filter(isUnlisted)).toEqual([]);
    },
    60_000,
  );

  it('are executed here or by the suites of the list, which has nothing else', () => {
    const beginnings = [...elsewhere].map(beginningOf);
    expect(Object.keys(EXECUTED_BY).filter((text) => !beginnings.includes(text))).toEqual([]);
  });

  it.each(Object.entries(EXECUTED_BY))('of %s are executed by %s', (text, suite) => {
    const source = readFileSync(suite, 'utf8');
    if (suite === '.ci/run') expect(source.split('\n').map(commandOfLine)).toContain(text);
    else expect(source.includes(`'${text}'`) || source.includes(`"${text}"`)).toBe(true);
  });
});

describe('the checks', () => {
  it('find what is neither executed nor listed', async () => {
    const texts = await check({
      page: 'new.md',
      line: 1,
      language: 'sh',
      marker: undefined,
      code: 'echo "a new command"\nsudo npm publish new\nhelm lint . && docker compose down\n',
    });
    expect(texts).toEqual(['npm publish new', 'helm lint .', 'docker compose down']);
    expect(texts.filter(isUnlisted)).toEqual(['npm publish new']);
  });

  it('find a block that is wrong', async () => {
    const wrong: [language: string, code: string, problem: RegExp][] = [
      ['unknown', '', /wrong\.md:1 unknown: no check for this language/],
      ['json', '{ "id": 1 }', /fits no schema/],
      ['ndjson', '{"command":1}', /fits no schema/],
      ['yaml', 'retention: { finishd: 1 }', /did you mean retention\.finished/],
      ['sh', 'recodex-monitor check-confg', /wrong\.md:1: exit code 64/],
      ['sh', 'npm run unknown', /wrong\.md:1: exit code 1/],
      ['sh', 'unknown-command', /command not found/],
      ['console', '$ systemctl status recodex-monitor', /not executed/],
      ['console', '$ recodex-monitor --version\nanything', /to match/],
      ['text', 'anything', /no program above/],
      ['js', "import { watch } from 'recodex-monitor/client';\nwatch(1);", /wrong\.md:3: .*not assignable/],
      ['js', 'unknownName();', /Cannot find name/],
    ];
    for (const [language, code, problem] of wrong) {
      const block = { page: 'wrong.md', line: 1, language, marker: undefined, code: `${code}\n` };
      await expect(check(block), code).rejects.toThrow(problem);
    }
    const marked = { page: 'wrong.md', line: 1, language: 'sh', marker: 'nowhere', code: '' };
    await expect(check(marked)).rejects.toThrow('no suite reads the block');
  });
});

/** Checks a block. Resolves to what was not executed: commands, or the block itself. */
async function check(block: DocumentBlock, before?: DocumentBlock): Promise<string[]> {
  if (block.marker !== undefined) {
    if (suitesOf(block).length === 0)
      throw new Error(`${at(block)}: no suite reads the block "${block.marker}"`);
    return [];
  }
  const checkOfLanguage = checks[block.language];
  if (!checkOfLanguage) throw new Error(`${at(block)}: no check for this language`);
  return (await checkOfLanguage(block, before)) ?? [];
}

/** A line of `.ci/run` without what makes the command a suite. */
function commandOfLine(line: string): string {
  return line.trim().replace(/^suite /, '');
}

function isUnlisted(text: string): boolean {
  return beginningOf(text) === undefined;
}

async function runScript(block: DocumentBlock): Promise<string[]> {
  const unexecuted = checkTypes(block);
  return (await machine.runScript(block)) ? [] : unexecuted;
}

function checkTypes(block: DocumentBlock): string[] {
  types.check(block);
  return [nameOf(block)];
}

function at({ page, line, language }: DocumentBlock): string {
  return `${page}:${line} ${language}`;
}

/** The files of the tests that read a marked block: they name its page and its marker. */
function suitesOf({ page, marker }: DocumentBlock): string[] {
  const name = page.split('/').at(-1)!;
  return readdirSync('test', { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && path !== 'docs/code-blocks.e2e-spec.ts')
    .filter((path) => {
      const text = readFileSync(join('test', path), 'utf8');
      const named =
        text.includes(`'${marker}'`) || text.includes(`run: ${marker} `) || text.includes(`"${marker}"`);
      return named && (text.includes(name) || path.startsWith('proxy/'));
    });
}
