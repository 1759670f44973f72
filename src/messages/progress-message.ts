/** The name of the event that carries each `ProgressMessage` from the broker to the channels. */
export const PROGRESS = 'progress';

/** What a message says about its job. */
export interface MessageFields {
  readonly command: string;
  readonly taskId?: string;
  readonly taskState?: string;
}

/** One step of one job, as the broker sent it. */
export interface ProgressMessage extends MessageFields {
  /** The id of the job. */
  readonly channelId: string;
}
