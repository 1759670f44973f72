import { isUtf8 } from 'node:buffer';

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

/** What a message may measure, in bytes; see `limits` in the configuration. */
export interface MessageLimits {
  readonly channel_id_bytes: number;
  readonly message_bytes: number;
}

export const REJECT_REASONS = [
  'too_few_frames',
  'empty_channel_id',
  'channel_id_too_long',
  'message_too_long',
  'not_utf8',
] as const;

/** Why a message was skipped; the name it is counted under. */
export type RejectReason = (typeof REJECT_REASONS)[number];

/** Frames of a message that are read, behind the routing id: channel id, command, task id, task state. */
export const TEXTS = 4;

/**
 * Says what is wrong with one multipart message of the broker: routing id, channel id, command and, optionally, task id
 * and task state; frames after the fifth are ignored. Undefined when all is well: then `TEXTS` frames are UTF-8.
 */
export function validate(frames: readonly Buffer[], limits: MessageLimits): RejectReason | undefined {
  if (frames.length < 3) return 'too_few_frames';
  const id = frames[1]!;
  if (id.length === 0) return 'empty_channel_id';
  if (id.length > limits.channel_id_bytes) return 'channel_id_too_long';
  if (size(frames) > limits.message_bytes) return 'message_too_long';
  for (let i = 1; i < frames.length && i <= TEXTS; i++) if (!isUtf8(frames[i]!)) return 'not_utf8';
  return undefined;
}

/** Whether these frames are the original's order to exit: routing id, `0`, `exit`. */
export function isExit(frames: readonly Buffer[]): boolean {
  return frames.length === 3 && frames[1]!.equals(ZERO) && frames[2]!.equals(EXIT);
}

const ZERO = Buffer.from('0');
const EXIT = Buffer.from('exit');

function size(frames: readonly Buffer[]): number {
  let bytes = 0;
  for (let i = 1; i < frames.length; i++) bytes += frames[i]!.length;
  return bytes;
}
