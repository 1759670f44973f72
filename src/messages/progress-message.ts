/** The name of the event that carries each `ProgressMessage` from the broker to the channels. */
export const PROGRESS = 'progress';

/** The fields of a message, without the channel. */
export interface MessageFields {
  readonly command: string;
  readonly taskId?: string;
  readonly taskState?: string;
}

/** A message from the broker about one step of a job. */
export interface ProgressMessage extends MessageFields {
  /** The id of the job. */
  readonly channelId: string;
}
