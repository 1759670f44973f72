/** One event of a `text/event-stream`. */
export interface ServerSentEvent {
  readonly event: string;
  readonly data: string;
}

/** An incremental parser for `text/event-stream` (HTML standard, section 9.2.6). It ignores `id` and `retry`. */
export class EventStreamParser {
  #rest = '';
  #event = '';
  #data: string[] = [];

  /** Parses the next piece of text. Returns the events that the piece completes. */
  push(text: string): ServerSentEvent[] {
    // A CR at the end may be the first half of a CR LF, so it does not end a line yet.
    const lines = (this.#rest + text).split(/\r\n|\n|\r(?!$)/);
    this.#rest = lines.pop()!;
    const events: ServerSentEvent[] = [];
    for (const line of lines) {
      const [, name, value = ''] = /^([^:]*):? ?([^]*)$/.exec(line)!;
      if (name === 'event') this.#event = value;
      else if (name === 'data') this.#data.push(value);
      else if (line === '') this.#dispatch(events);
    }
    return events;
  }

  #dispatch(events: ServerSentEvent[]): void {
    if (this.#event || this.#data.length) events.push({ event: this.#event, data: this.#data.join('\n') });
    this.#event = '';
    this.#data = [];
  }
}
