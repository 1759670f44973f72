import type { Socket } from 'node:net';

/** One message as bytes, and where its task id starts in them. */
export interface Template {
  readonly bytes: Buffer;
  readonly taskIdAt: number;
}

/** A connection that takes messages, and how it wants them. */
export interface Feed {
  readonly socket: Socket;
  task(channel: string): Template;
  finished(channel: string): Buffer;
  /** Resolves when the target has acknowledged so many messages, where it acknowledges any. */
  acknowledged(messages: number): Promise<void>;
}
