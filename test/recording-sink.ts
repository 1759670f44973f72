import type { Encoder } from '../src/channels/log.js';
import type { Ending, Sink, Subscription } from '../src/channels/subscriber.js';

/** A sink that keeps what it got, one entry a message, and can be made to stall. */
export class RecordingSink implements Sink {
  messages: string[] = [];
  readonly events: string[] = [];
  stalled = false;
  writes = 0;

  /** @param encoder must end each message with a newline */
  constructor(readonly encoder: Encoder | null = LINES) {}

  reset(reason: string): void {
    this.messages = [];
    this.events.push(`reset ${reason}`);
  }

  write(bytes: Buffer): boolean {
    this.writes++;
    this.messages.push(...bytes.toString('latin1').split('\n').slice(0, -1));
    return !this.stalled;
  }

  close(ending: Ending): void {
    this.events.push(`close ${ending}`);
  }

  /** Lets a stalled sink take bytes again. */
  resume(subscription: Subscription): void {
    this.stalled = false;
    subscription.drained();
  }

  get commands(): string[] {
    return this.messages.map(
      (line) => (JSON.parse(line.split(' ').slice(1).join(' ')) as { command: string }).command,
    );
  }

  /** Position of the last message. */
  get position(): string {
    return this.messages.at(-1)?.split(' ')[0] ?? '';
  }
}

/** `<position> <json>` and a newline. */
export const LINES: Encoder = { encode: (json, id) => `${id} ${json}\n` };
