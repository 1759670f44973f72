import type { End } from './end.js';
import type { Continuation, ResetReason, StreamMessage } from './item.js';
import type { Summary } from './summary.js';
import type { StreamState } from './transitions.js';

/** The events of a stream. */
export interface StreamEvents {
  message: CustomEvent<StreamMessage>;
  reset: CustomEvent<ResetReason>;
  continue: CustomEvent<Continuation>;
  /** The summary after one or more items that arrived together. */
  change: CustomEvent<Summary>;
  state: CustomEvent<StreamState>;
  end: CustomEvent<End>;
}
