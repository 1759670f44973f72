import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DocumentBlock } from '../docs/document-block.js';
import { shellBlocksWith } from '../docs/documented-commands.js';
import { ORIGINAL_CONFIGURATION } from '../fixtures/configuration-file.js';
import { ContainerEngine } from './engine/container-engine.js';
import { dockerSteps } from './engine/docker-steps.js';
import { EFFECTS } from './engine/documented-effects.js';

const engine = new ContainerEngine();

/** Commands without an end, and the output after which a reader has seen enough. */
const ENDLESS: readonly (readonly [RegExp, RegExp])[] = [[/ logs .*--follow/, /Ready/]];

/** `watch` exits with the outcome of the job, and the simulated broker plays jobs that fail. */
const OTHER_EXIT_CODES = / watch demo$/;

beforeAll(() => {
  mkdirSync(join(engine.clone, 'config'));
  writeFileSync(join(engine.clone, 'config/config.yml'), ORIGINAL_CONFIGURATION);
});

afterAll(() => engine.clear());

describe.each(blocksByPage())('%s', (_page, blocks) => {
  // The reader of another page has no containers of this one.
  afterAll(() => engine.clear());

  describe.each(blocks.map((block) => [block.line, block] as const))(
    'the block in line %d',
    (_line, block) => {
      // The page says that a container of the sections above has the same ports.
      beforeAll(() => {
        if (/^docker compose .*up/m.test(block.code)) engine.clear();
      });

      it.each(dockerSteps(block))('$command', async ({ script, command }) => {
        const effect = EFFECTS.find(([pattern]) => pattern.test(command))?.[1];
        if (!effect)
          throw new Error(`expected the effect of this command in documented-effects.ts: ${command}`);
        const until = ENDLESS.find(([pattern]) => pattern.test(command))?.[1];
        const { code, output } = await engine.terminal(script, until);
        const isAnyCodeRight = until !== undefined || OTHER_EXIT_CODES.test(command);
        expect(isAnyCodeRight || code === 0, output.slice(-2000)).toBe(true);
        await effect(engine, command, output);
      });
    },
  );
});

function blocksByPage(): [page: string, blocks: DocumentBlock[]][] {
  const blocks = shellBlocksWith('docker');
  const pages = new Set(blocks.map(({ page }) => page));
  return [...pages].map((page) => [page, blocks.filter((block) => block.page === page)]);
}
