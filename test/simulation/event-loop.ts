import { Heap } from './heap.js';

const realSetImmediate = setImmediate;

/** A process of the simulated world. Nothing of a dead process runs any more. */
export class SimulatedProcess {
  alive = true;

  constructor(readonly name: string) {}
}

/** Something that runs later. It has the methods of a timer of Node.js. */
export class Task {
  canceled = false;

  constructor(
    readonly due: number,
    readonly order: number,
    readonly process: SimulatedProcess,
    readonly run: () => void,
  ) {}

  ref(): this {
    return this;
  }

  unref(): this {
    return this;
  }

  hasRef(): boolean {
    return true;
  }
}

/**
 * The event loop of all simulated processes, on a virtual clock. Each turn runs the timers that are due, then the input
 * that has arrived, then the immediates, as Node.js does. Microtasks and ticks are the real ones: they run to their end
 * after each task, in an order that depends on nothing outside of the program.
 */
export class EventLoop {
  /** Milliseconds since the start of the run. */
  now = 0;
  /** Milliseconds of all pauses. */
  paused = 0;
  /** The process that runs now. Its timers and immediates die with it. */
  current: SimulatedProcess;
  private order = 0;
  private readonly timers = new Heap<Task>();
  private readonly inputs = new Heap<Task>();
  private immediates: Task[] = [];

  constructor(first: SimulatedProcess) {
    this.current = first;
  }

  setTimeout(run: () => void, delay: number): Task {
    const due = this.now + (delay >= 1 ? Math.trunc(delay) : 1);
    return add(this.timers, this.task(due, this.current, run));
  }

  setImmediate(run: () => void): Task {
    const task = this.task(this.now, this.current, run);
    this.immediates.push(task);
    return task;
  }

  /** Input arrives at a process after `delay` milliseconds. */
  input(process: SimulatedProcess, delay: number, run: () => void): Task {
    return add(this.inputs, this.task(this.now + delay, process, run));
  }

  /** Everything stands still for this long, as during SIGSTOP or the sleep of a machine. */
  pause(milliseconds: number): void {
    this.now += milliseconds;
    this.paused += milliseconds;
  }

  /** Milliseconds since the start of the run, without pauses. */
  get awake(): number {
    return this.now - this.paused;
  }

  /** The timers and immediates of a process that have not run yet. */
  pending(process: SimulatedProcess): number {
    const isPending = (task: Task): boolean => !task.canceled && task.process === process;
    return this.timers.values().filter(isPending).length + this.immediates.filter(isPending).length;
  }

  /** Runs one turn. Returns false, and moves the clock to `until`, when nothing is due before. */
  async turn(until: number): Promise<boolean> {
    if (this.immediates.length === 0) {
      const next = Math.min(dueOf(this.timers), dueOf(this.inputs));
      if (next > until) {
        this.now = Math.max(this.now, until);
        return false;
      }
      this.now = Math.max(this.now, next);
    }
    await this.runDue(this.timers);
    await this.runDue(this.inputs);
    const { immediates } = this;
    this.immediates = [];
    for (const task of immediates) await this.run(task);
    return true;
  }

  /** Runs `action` as a process, with everything that follows from it in this turn. */
  async runAs(process: SimulatedProcess, action: () => void): Promise<void> {
    await this.run(this.task(this.now, process, action));
  }

  private task(due: number, process: SimulatedProcess, run: () => void): Task {
    return new Task(due, this.order++, process, run);
  }

  private async runDue(tasks: Heap<Task>): Promise<void> {
    // A task that is added now waits for the next turn.
    const { now, order } = this;
    while (tasks.first && tasks.first.due <= now && tasks.first.order < order) await this.run(tasks.shift()!);
  }

  private async run(task: Task): Promise<void> {
    if (task.canceled || !task.process.alive) return;
    this.current = task.process;
    task.run();
    await new Promise<void>((resolve) => realSetImmediate(resolve));
  }
}

function add(tasks: Heap<Task>, task: Task): Task {
  tasks.add(task);
  return task;
}

/** When the next task is due. Removes canceled tasks and tasks of dead processes. */
function dueOf(tasks: Heap<Task>): number {
  while (tasks.first && (tasks.first.canceled || !tasks.first.process.alive)) tasks.shift();
  return tasks.first?.due ?? Number.POSITIVE_INFINITY;
}
