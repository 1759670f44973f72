import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { makeBaseImages } from './base-images.js';
import { makeClone } from './clone.js';
import { addComposePlugin } from './compose-plugin.js';
import { dockerIn } from './docker-client.js';
import { EngineProcess } from './engine-process.js';
import { requireMachine } from './requirements.js';

declare module 'vitest' {
  interface ProvidedContext {
    readonly engine: { readonly folder: string; readonly pid: number };
  }
}

/** Starts the engine before the tests, with the base images and a clone. Its release ends the engine and removes all files. */
export default async function setUp(project: TestProject): Promise<() => Promise<void>> {
  requireMachine();
  const folder = mkdtempSync(join(tmpdir(), 'recodex-monitor-engine-'));
  let engine: EngineProcess | undefined;
  const release = async (): Promise<void> => {
    await engine?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    makeClone(folder);
    addComposePlugin(join(folder, 'docker'));
    engine = await EngineProcess.start(folder);
    makeBaseImages((context, ...args) => void dockerIn(folder, context, args));
    project.provide('engine', { folder, pid: engine.pid });
    return release;
  } catch (error) {
    await release();
    throw error;
  }
}
