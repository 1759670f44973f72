import { laterTexts } from './later-texts.js';

/** The parts of the id of a task, such as `t03.<shared id>.run.13`. */
interface TaskParts {
  /** The name of the test; empty if the task belongs to no test. */
  readonly test: string;
  /** The id of the exercise or the pipeline, which tells a person nothing. */
  readonly shared: string;
  readonly hasUuid: boolean;
  readonly task: string;
  /** The number at the end; empty if there is none. */
  readonly number: string;
}

/** The task that has a name; `null`: several tasks. */
type Owners = Map<string, string | null>;

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const WITH_UUID = new RegExp(`^(?:(.*?)\\.)?(${UUID})\\.(.+?)(?:\\.(\\d+))?$`, 'i');
const FOUR_PARTS = /^([^.]*)\.([^.]+)\.([^.]+)\.(\d+)$/;
const LETTER = /\p{L}/u;
const NUMBERED_TEST = /^t?(\d+)$/i;

/**
 * Names the tasks of a job for people: `t03.<uuid>.run.13` is "Test 03, run". An id of an unknown shape has no name. A
 * middle part that is no UUID is left out only while all tasks share it. Two tasks never have the same name: their names
 * contain the numbers of their ids, or the tasks have no names.
 */
export class TaskNames {
  /** Grows when the test of an earlier task may have changed. */
  version = 0;
  #hasTests = false;
  readonly #owners: Owners = new Map();
  readonly #longOwners: Owners = new Map();
  /** The middle part of the ids without a UUID, and the first of these ids; `null`: the ids differ. */
  #shared: { readonly part: string; readonly id: string; confirmed: boolean } | null | undefined;

  /** Whether the name of a test is known. */
  get hasTests(): boolean {
    return this.#hasTests;
  }

  /** Learns the id of a task. The names of earlier tasks may change. */
  add(id: string): void {
    const parts = partsOf(id);
    if (!parts) return;
    if (!parts.hasUuid) this.#share(parts.shared, id);
    this.#hasTests ||= this.testOf(id) !== undefined;
    const owner = claim(this.#owners, nameOf(parts), id);
    if (owner === id) return;
    // The task that had the name alone needs its long name too.
    if (owner !== null) claim(this.#longOwners, longNameOf(partsOf(owner)!), owner);
    claim(this.#longOwners, longNameOf(parts), id);
  }

  /** The name of a task; `undefined`: show the id. */
  nameOf(id: string): string | undefined {
    const parts = this.#known(id);
    if (!parts) return undefined;
    const name = nameOf(parts);
    if (this.#owners.get(name) === id) return name;
    const longName = longNameOf(parts);
    return this.#longOwners.get(longName) === id ? longName : undefined;
  }

  /** The name of the test to which a task belongs; `undefined`: to none. */
  testOf(id: string): string | undefined {
    const parts = this.#known(id);
    return parts?.test ? testName(parts.test) : undefined;
  }

  #known(id: string): TaskParts | undefined {
    const parts = partsOf(id);
    if (!parts || parts.hasUuid) return parts;
    return this.#shared?.confirmed && this.#shared.part === parts.shared ? parts : undefined;
  }

  // The shape alone is no proof: `a.b.c.1` may be a name.
  #share(part: string, id: string): void {
    if (this.#shared === undefined) this.#shared = { part, id, confirmed: false };
    else if (this.#shared === null) return;
    else if (this.#shared.part !== part) this.#shared = null;
    else if (this.#shared.confirmed || this.#shared.id === id) return;
    else this.#shared.confirmed = true;
    this.version++;
  }
}

/** Makes the task the owner of a name, or several tasks. Returns the owner before, or the task if there was none. */
function claim(owners: Owners, name: string, id: string): string | null {
  const owner = owners.get(name);
  if (owner === undefined) owners.set(name, id);
  else if (owner !== id) owners.set(name, null);
  return owner === undefined ? id : owner;
}

function partsOf(id: string): TaskParts | undefined {
  const withUuid = WITH_UUID.exec(id);
  const [, test = '', shared, task, number = ''] = withUuid ?? FOUR_PARTS.exec(id) ?? [];
  if (shared === undefined || task === undefined || !LETTER.test(task)) return undefined;
  return { test: test.trim(), shared, hasUuid: withUuid !== null, task, number };
}

function nameOf({ test, task }: TaskParts): string {
  const word = Object.hasOwn(laterTexts.taskWords, task) ? laterTexts.taskWords[task]! : task;
  return test === '' ? word.charAt(0).toUpperCase() + word.slice(1) : `${testName(test)}, ${word}`;
}

function longNameOf(parts: TaskParts): string {
  return `${nameOf(parts)} ${parts.number}`.trim();
}

function testName(test: string): string {
  const number = NUMBERED_TEST.exec(test)?.[1];
  return number === undefined ? test : laterTexts.test(number);
}
