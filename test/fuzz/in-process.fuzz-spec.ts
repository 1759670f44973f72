import { afterEach, describe, expect, it, vi } from 'vitest';
import { printSettings } from '../../src/config/print.js';
import { defaultSettings } from '../../src/config/settings.js';
import { ORIGINAL_CONFIGURATION } from '../fixtures/configuration-file.js';
import { DamagedJournal } from '../fixtures/journal/damaged-journal.js';
import { useTemporaryDirectory } from '../fixtures/temporary-directory.js';
import { randomFor } from '../simulation/random.js';
import { fuzzOptions } from './fuzz-options.js';
import { createConfiguration, describeConfiguration, loadConfiguration } from './targets/configuration.js';

/** Milliseconds in which one configuration must be read on a busy machine. */
const LOAD_LIMIT = 5000;

const { seed, secondsEach, targetsOf } = fuzzOptions(process.env);
const targets = targetsOf('plain');
const timeout = (secondsEach + 60) * 1000;
const directory = useTemporaryDirectory();

afterEach(() => void vi.useRealTimers());

describe(`with the seed ${seed}`, () => {
  it.runIf(targets.includes('configuration'))(
    'each configuration gives settings or problems',
    { timeout },
    () => {
      const valid = [ORIGINAL_CONFIGURATION, printSettings(defaultSettings())];
      const path = directory.file('config.yml');
      let inputs = 0;
      for (const end = performance.now() + secondsEach * 1000; performance.now() < end; inputs++) {
        const input = createConfiguration(randomFor(seed, inputs), valid);
        const start = performance.now();
        const problem = loadConfiguration(input, path);
        const duration = performance.now() - start;
        const label = `input ${inputs}: ${describeConfiguration(input)}`;
        if (problem !== undefined) expect.fail(`${problem}, for ${label}`);
        expect(duration, label).toBeLessThan(LOAD_LIMIT);
      }
      process.stdout.write(`configuration: ${inputs} inputs\n`);
    },
  );

  it.runIf(targets.includes('journal'))('each damaged journal gives its good part', { timeout }, () => {
    const end = performance.now() + secondsEach * 1000;
    // Only the timers of the channels are fake; `performance.now` measures the time of the run.
    vi.useFakeTimers({
      toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate'],
    });
    const journal = DamagedJournal.record();
    let inputs = 0;
    do journal.restore(seed + inputs++);
    while (performance.now() < end);
    expect(inputs).toBeGreaterThan(0);
    process.stdout.write(`journal: ${inputs} inputs\n`);
  });
});
