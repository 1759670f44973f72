import type { Logger } from '@nestjs/common';
import { setTimeout as wait } from 'node:timers/promises';

/** One step of the start, and its counterpart at the stop. Each of the two may be missing. */
export interface LifecycleStep {
  readonly name: string;
  start?(): void | Promise<void>;
  stop?(): void | Promise<void>;
}

/** Milliseconds that a stop waits for a start step in progress, which may bind a port at this moment. */
const START_STEP_TIMEOUT = 1000;

/** Runs the start of each step in order, and the stop of each step in reverse order. */
export class Lifecycle {
  private starting: Promise<void> | undefined;
  private stopping: Promise<void> | undefined;

  constructor(
    private readonly steps: readonly LifecycleStep[],
    private readonly logger: Pick<Logger, 'error'>,
  ) {}

  /**
   * Starts one step after the other. Rejects with the error of a step. A stop that begins during the start skips the
   * remaining steps.
   */
  start(): Promise<void> {
    this.starting ??= this.runStarts();
    return this.starting;
  }

  /** Stops all steps, started or not. Never rejects. Every call returns the same promise. */
  stop(): Promise<void> {
    this.stopping ??= this.runStops();
    return this.stopping;
  }

  private async runStarts(): Promise<void> {
    for (const step of this.steps) {
      if (this.stopping) return;
      await step.start?.();
    }
  }

  private async runStops(): Promise<void> {
    const started = this.starting?.catch(() => {});
    if (started) await Promise.race([started, wait(START_STEP_TIMEOUT, undefined, { ref: false })]);
    for (const step of this.steps.toReversed()) {
      // The stop of one step must not depend on the stop of another.
      try {
        await step.stop?.();
      } catch (error) {
        this.logger.error({ message: 'A step of the shutdown failed', step: step.name, error });
      }
    }
  }
}
