/** One event of a `text/event-stream`. */
export interface ServerSentEvent {
  readonly event: string;
  readonly data: string;
}

/** Parses a `text/event-stream` as it comes (HTML standard, section 9.2.6); `id` and `retry` are not looked at. */
export class EventStreamParser {
  #rest = '';
  #event = '';
  #data: string[] = [];

  /** Takes the next piece of text, returns the events that it completes. */
  push(text: string): ServerSentEvent[] {
    // A CR at the very end may be half of a CR LF.
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
