import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TaskNames } from '../../web/task-name.js';
import { setLaterTexts } from '../../web/later-texts.js';
import { LATER_CZECH, LATER_ENGLISH } from '../fixtures/web/languages.js';

const A = '2341b599-c388-4357-8fea-be1e3bb182e0';
const B = '0e1f2a3b-1111-4222-8333-abcdefabcdef';

let names: TaskNames;

beforeEach(() => {
  setLaterTexts(LATER_ENGLISH);
  names = new TaskNames();
});
afterEach(() => setLaterTexts(LATER_ENGLISH));

function namesOf(...ids: string[]): (string | undefined)[] {
  for (const id of ids) names.add(id);
  return ids.map((id) => names.nameOf(id));
}

describe('the name of a task', () => {
  test.each([
    [`t03.${A}.run.13`, 'Test 03, run'],
    [`T3.${A}.judge.2`, 'Test 3, judge'],
    [`12.${A}.run.1`, 'Test 12, run'],
    [`.${A}.compilation.0`, 'Compilation'],
    [`${A}.compilation.0`, 'Compilation'],
    [` .${A}.compilation.0`, 'Compilation'],
    [` a b .${A}.run.0`, 'a b, run'],
    [`${A}.compilation`, 'Compilation'],
    [`t03.${A.toUpperCase()}.run.13`, 'Test 03, run'],
    [`Příklad.${A}.run.0`, 'Příklad, run'],
    [`a.b 1.2.${A}.run.gcc.0`, 'a.b 1.2, run.gcc'],
    [`t03.${A}.run`, 'Test 03, run'],
    [`test.${A}.run.7`, 'test, run'],
    [`t03.${A}.__proto__.1`, 'Test 03, __proto__'],
    [`t03.${A}.${B}.run.1`, `Test 03, ${B}.run`],
    [`.${A}.čtení.0`, 'Čtení'],
  ])('of %s is %s', (id, name) => expect(namesOf(id)).toEqual([name]));

  test.each([
    '',
    '.',
    '...',
    A,
    `t03.${A}`,
    `t03.${A}.`,
    `t03.${A}.13`,
    `t03.${A}.4.13`,
    `t03.${A.slice(1)}.run`,
    'compile',
    'task-7',
    't03.run.13',
    '<b>&\u2028.4',
    'quote"back\\slash/.1',
    't03.shared.run.13',
  ])('is missing for the unknown shape %j', (id) => expect(namesOf(id)).toEqual([undefined]));

  test('leaves out another id only while all tasks share it', () => {
    expect(namesOf('t01.ex7.run.1', 't01.ex7.judge.2', 'odd')).toEqual([
      'Test 01, run',
      'Test 01, judge',
      undefined,
    ]);
    const { version } = names;
    expect(namesOf('t02.ex8.run.3')).toEqual([undefined]);
    expect(names.nameOf('t01.ex7.run.1')).toBeUndefined();
    expect(names.version).toBeGreaterThan(version);
  });

  test('is not shared by one task that was reported twice', () => {
    expect(namesOf('t01.ex7.run.1', 't01.ex7.run.1')).toEqual([undefined, undefined]);
  });

  test('contains the number if another task has the same name', () => {
    expect(namesOf(`t1.${A}.run.1`, `t1.${A}.run.2`, `t1.${A}.judge.3`)).toEqual([
      'Test 1, run 1',
      'Test 1, run 2',
      'Test 1, judge',
    ]);
  });

  test('is missing if two tasks differ only in the part that is left out', () => {
    expect(namesOf(`t1.${A}.run.1`, `t1.${B}.run.1`, `t1.${B}.run.2`)).toEqual([
      undefined,
      undefined,
      'Test 1, run 2',
    ]);
  });

  test('does not change if the task is reported again', () => {
    expect(namesOf(`t1.${A}.run.1`, `t1.${A}.run.1`)).toEqual(['Test 1, run', 'Test 1, run']);
  });

  test('translates the words of ReCodEx', () => {
    setLaterTexts(LATER_CZECH);
    expect(namesOf(`t03.${A}.run.13`, `.${A}.compilation.0`, `.${A}.lint.1`)).toEqual([
      'Test 03, spuštění',
      'Překlad',
      'Lint',
    ]);
  });

  test('takes linear time for a long id', () => {
    const id = `${'a.'.repeat(150)}${A}.${'b.'.repeat(50)}1`;
    expect(namesOf(id)[0]).toMatch(/^a\.a/);
  });
});

test.each([
  [`t03.${A}.run.13`, 'Test 03'],
  [`Příklad.${A}.run.0`, 'Příklad'],
  [`.${A}.compilation.0`, undefined],
  ['compile', undefined],
])('the test of %s is %s', (id, name) => {
  names.add(id);
  expect(names.testOf(id)).toBe(name);
});
