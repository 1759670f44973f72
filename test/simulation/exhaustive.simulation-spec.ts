import { afterAll, expect, it } from 'vitest';
import { SmallScope, type SmallScopeAction } from './small-scope.js';

/** Actions in the longest sequence. */
const LENGTH = 6;

let sequences = 0;

afterAll(() => process.stdout.write(`${sequences} sequences of ${LENGTH} actions\n`));

// Each shorter sequence is the beginning of one of these. An action that would change nothing is left out: a sequence
// with such an action equals a shorter sequence.
it('a channel loses, repeats and reorders nothing in any sequence of actions', { timeout: 300_000 }, () => {
  const choices: number[] = [];
  do {
    const problem = run(choices);
    if (problem) expect.fail(problem);
    sequences++;
  } while (next(choices));
  expect(sequences).toBeGreaterThan(400_000);
});

/** The number of actions to choose from, for each place of the current sequence. */
const options: number[] = [];

/** Runs the sequence with these choices. Appends first choices until the sequence is long enough. */
function run(choices: number[]): string | undefined {
  const scope = new SmallScope();
  const sequence: SmallScopeAction[] = [];
  let problem: string | undefined;
  for (let place = 0; place < LENGTH && !problem; place++) {
    const { actions } = scope;
    options[place] = actions.length;
    const action = actions[(choices[place] ??= 0)]!;
    sequence.push(action);
    problem = scope.act(action);
  }
  problem ??= scope.settle();
  scope.close();
  return problem && `${sequence.join(', ')}: ${problem}`;
}

/** Changes the choices to those of the next sequence. Returns false after the last one. */
function next(choices: number[]): boolean {
  while (choices.length > 0) {
    const place = choices.length - 1;
    if (++choices[place]! < options[place]!) return true;
    choices.pop();
  }
  return false;
}
