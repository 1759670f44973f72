import { describe, expect, it } from 'vitest';

import { JOB_OUTCOMES, pickOutcome, scenario, type Random } from '../../src/cli/scenario.js';

describe('scenario', () => {
  it('creates a successful job as real workers send it, with all tasks completed', () => {
    const messages = scenario('ok', 5, seeded(1));
    expect(commands(messages)).toEqual(completeAttempt(5));
    expect(taskStates(messages)).toEqual(Array(5).fill('COMPLETED'));
  });

  it('names tasks as real workers do', () => {
    const ids = scenario('ok', 4, seeded(1)).flatMap(([, id]) => id ?? []);
    const uuid = /^\.([0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12})\.compilation\.0$/.exec(
      ids[0]!,
    )?.[1];
    expect(uuid).toBeDefined();
    expect(ids.slice(1)).toEqual([`t01.${uuid}.run.1`, `t01.${uuid}.judge.2`, `t02.${uuid}.run.3`]);
  });

  it.each([3, 4, 20, 101])(
    'lets some runs of %i tasks fail, and skips the judges that depend on them',
    (count) => {
      for (let seed = 1; seed < 50; seed++) {
        const messages = scenario('failed-tasks', count, seeded(seed));
        expect(commands(messages)).toEqual(completeAttempt(count));
        const states = taskStates(messages);
        expect(states).toContain('FAILED');
        expect(states).toContain('SKIPPED');
        expect(states[0]).toBe('COMPLETED');
        const before = states.filter((_, index) => states[index + 1] === 'SKIPPED');
        expect(new Set(before)).toEqual(new Set(['FAILED']));
      }
    },
  );

  it.each([1, 2])('lets a task fail even in a job with %i tasks', (count) => {
    expect(taskStates(scenario('failed-tasks', count, seeded(3)))).toContain('FAILED');
  });

  it('creates a failed build and a rejected job without tasks', () => {
    expect(scenario('failed-build', 9, seeded(1))).toEqual([['DOWNLOADED'], ['FAILED'], ['FINISHED']]);
    expect(scenario('rejected', 9, seeded(1))).toEqual([['FAILED']]);
  });

  it('starts an aborted job again from its beginning, with the same tasks', () => {
    for (let seed = 1; seed < 50; seed++) {
      const messages = scenario('aborted', 6, seeded(seed));
      const aborted = commands(messages).indexOf('ABORTED');
      expect(aborted).toBeGreaterThan(2);
      expect(aborted).toBeLessThan(8);
      const again = messages.slice(aborted + 1);
      expect(commands(again)).toEqual(completeAttempt(6));
      expect(again.slice(0, aborted)).toEqual(messages.slice(0, aborted));
    }
  });

  it.each(JOB_OUTCOMES)('creates a job without tasks: %s', (outcome) => {
    expect(taskStates(scenario(outcome, 0, seeded(1)))).toEqual([]);
  });

  it('mixes all outcomes', () => {
    const random = seeded(7);
    expect(new Set(Array.from({ length: 200 }, () => pickOutcome(random)))).toEqual(new Set(JOB_OUTCOMES));
    expect(scenario('mixed', 3, () => 0)).toEqual(scenario('ok', 3, () => 0));
  });
});

function commands(messages: string[][]): string[] {
  return messages.map(([command]) => command!);
}

function completeAttempt(tasks: number): string[] {
  return ['DOWNLOADED', 'STARTED', ...Array<string>(tasks).fill('TASK'), 'ENDED', 'UPLOADED', 'FINISHED'];
}

function taskStates(messages: string[][]): string[] {
  return messages.flatMap(([command, , state]) => (command === 'TASK' ? [state!] : []));
}

// Park and Miller's generator: the same numbers in every run.
function seeded(seed: number): Random {
  let state = seed;
  return () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
}
