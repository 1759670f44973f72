import type { Socket } from 'node:net';

/** Bytes of one message, and the offset of its task id. */
export interface MessageTemplate {
  readonly bytes: Buffer;
  readonly taskIdAt: number;
}

/** Connection to a target's ingest port, and the encoding of its messages. */
export interface Feed {
  readonly socket: Socket;
  task(channel: string): MessageTemplate;
  finished(channel: string): Buffer;
  /** Resolves when the target has acknowledged this number of messages. Resolves at once if it never acknowledges. */
  acknowledged(messages: number): Promise<void>;
}
