import type { NetworkProfile } from './client-network.js';
import type { DiskLoss } from './memory-disk.js';
import type { Misbehaviour } from './legacy-watcher.js';

/** A watcher that joins. */
export interface JoinStep {
  readonly do: 'join';
  readonly watcher: number;
  readonly channel: string;
  readonly client: 'auto' | 'websocket' | 'sse' | 'legacy' | Misbehaviour;
  /** The library's stream is read in a loop. */
  readonly loop: boolean;
  /**
   * Where the stream begins. A number: where that watcher is. `beyond`: one message beyond the end. `edge`: near the
   * oldest message of a trimmed log, or the last message. `garbage`: no position at all. `invalid`: the channel id is empty.
   */
  readonly from: 'start' | 'beyond' | 'edge' | 'garbage' | 'invalid' | number;
  readonly network: NetworkProfile;
}

/** What happens in the world. */
export type StepAction =
  | JoinStep
  | { readonly do: 'publish'; readonly channel: string; readonly count: number }
  | { readonly do: 'burst'; readonly channel: string; readonly batches: number }
  | {
      readonly do: 'last moment';
      readonly channel: string;
      readonly other: string;
      readonly early: number;
      /** The time of the channel starts with a message now. */
      readonly afterMessage: boolean;
    }
  | { readonly do: 'finish' | 'repeat FINISHED'; readonly channel: string }
  | { readonly do: 'leave' | 'cut' | 'read slowly' | 'read again'; readonly watcher: number }
  | { readonly do: 'cut after'; readonly watcher: number; readonly bytes: number }
  | {
      readonly do: 'half-open';
      readonly watcher: number;
      readonly direction: 'both' | 'to client' | 'to monitor';
    }
  | { readonly do: 'stop' | 'broker restart'; readonly down: number }
  | { readonly do: 'crash'; readonly down: number; readonly loss: DiskLoss }
  | {
      readonly do: 'last words';
      readonly channel: string;
      /** Milliseconds from the message to the crash. */
      readonly after: number;
      readonly down: number;
      readonly loss: DiskLoss;
    }
  | { readonly do: 'fall behind'; readonly watcher: number; readonly count: number }
  | { readonly do: 'sleep'; readonly milliseconds: number }
  | { readonly do: 'wake'; readonly event: 'online' | 'focus' };

/** An action at a time, in milliseconds since the start of the run. */
export type Step = StepAction & { readonly at: number };

/** One line of a history. */
export function describeStep({ at, ...action }: Step): string {
  const { do: name, ...details } = action;
  const texts = Object.entries(details).map(([key, value]) =>
    typeof value === 'object' ? `\n${' '.repeat(14)}${key} ${JSON.stringify(value)}` : `${key} ${value}`,
  );
  return `${(at / 1000).toFixed(3).padStart(9)} s  ${name}  ${texts.join(', ')}`.trimEnd();
}
