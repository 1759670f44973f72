import { randomFor } from '../simulation/random.js';
import { FuzzDaemon } from './fuzz-daemon.js';
import type { FuzzTarget } from './fuzz-target.js';
import type { FuzzProfile } from './profiles/fuzz-profile.js';

/** Inputs of a failed batch that are described, when no smaller batch fails. */
const DESCRIBED = 10;

/** A failure with the fewest inputs that were found to cause it. */
export interface FuzzFailure {
  readonly problems: readonly string[];
  /** The number of the first input of the batch. */
  readonly first: number;
  readonly inputs: readonly string[];
}

interface FailedBatch<Input> {
  readonly problems: readonly string[];
  readonly batch: readonly Input[];
}

/** The inputs of one target, in batches, until a time is over or a batch fails. */
export class FuzzRun<Input> {
  /** Inputs that were played. */
  played = 0;

  constructor(
    private readonly target: FuzzTarget<Input>,
    private readonly seed: number,
  ) {}

  /** Resolves with the first failure. @param until the time to stop, in milliseconds of `performance.now` */
  async run(daemon: FuzzDaemon, until: number): Promise<FuzzFailure | undefined> {
    await this.target.prepare?.(daemon);
    do {
      const inputs = Array.from({ length: this.target.batch }, (_, i) => this.input(this.played + i));
      const problems = await this.play(inputs, daemon);
      if (problems.length > 0) return this.explain({ problems, batch: inputs }, daemon.profile);
      this.played += inputs.length;
    } while (performance.now() < until);
    return undefined;
  }

  private input(number: number): Input {
    return this.target.create(randomFor(this.seed, number));
  }

  private async play(inputs: readonly Input[], daemon: FuzzDaemon): Promise<string[]> {
    const wrongAnswers = await this.target
      .play(inputs, daemon)
      .catch((error: unknown) => [`The inputs could not be sent: ${String(error)}`]);
    return [...wrongAnswers, ...(await daemon.problems(this.target.expectedLines))];
  }

  /** Plays halves of a failed batch on fresh daemons, as long as one of the halves fails. */
  private async explain({ problems, batch }: FailedBatch<Input>, profile: FuzzProfile): Promise<FuzzFailure> {
    let inputs = batch;
    let found = problems;
    while (inputs.length > 1) {
      const middle = Math.ceil(inputs.length / 2);
      const failed = await this.firstFailure([inputs.slice(0, middle), inputs.slice(middle)], profile);
      if (!failed) break;
      ({ inputs, problems: found } = failed);
    }
    const described = inputs.slice(0, DESCRIBED).map((input) => this.target.describe(input));
    const more = inputs.length - described.length;
    return {
      problems: found,
      first: this.played,
      inputs: more > 0 ? [...described, `and ${more} more inputs`] : described,
    };
  }

  private async firstFailure(halves: readonly (readonly Input[])[], profile: FuzzProfile) {
    for (const inputs of halves) {
      const daemon = await FuzzDaemon.start(profile);
      try {
        const problems = await this.play(inputs, daemon);
        if (problems.length > 0) return { inputs, problems };
      } finally {
        daemon.daemon.kill();
      }
    }
    return undefined;
  }
}
