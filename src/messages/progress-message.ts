/** The name of the event that carries each `ProgressMessage` from the broker to the channels. */
export const PROGRESS = 'progress';

/** One step of one job, as the broker told it. */
export interface ProgressMessage {
  readonly channel: string;
  readonly command: string;
  readonly taskId?: string;
  readonly taskState?: string;
}
