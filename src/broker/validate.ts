import { isUtf8 } from 'node:buffer';

/** Limits of one message, in bytes; see `limits` in the configuration. */
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

/** The reason to reject a message. The counters and the log use these names. */
export type RejectReason = (typeof REJECT_REASONS)[number];

/** Frames that are read after the routing id: channel id, command, task id, task state. Further frames are ignored. */
export const TEXT_FRAMES = 4;

/**
 * Checks a multipart message of the broker: routing id, channel id, command, optional task id, optional task state.
 * Returns the reason to reject it. `undefined`: the message is valid, and all frames that are read are UTF-8.
 */
export function validate(frames: readonly Buffer[], limits: MessageLimits): RejectReason | undefined {
  if (frames.length < 3) return 'too_few_frames';
  const id = frames[1]!;
  if (id.length === 0) return 'empty_channel_id';
  if (id.length > limits.channel_id_bytes) return 'channel_id_too_long';
  if (size(frames) > limits.message_bytes) return 'message_too_long';
  for (let i = 1; i < frames.length && i <= TEXT_FRAMES; i++) if (!isUtf8(frames[i]!)) return 'not_utf8';
  return undefined;
}

/** Whether a message is the exit request of the original protocol: routing id, `0`, `exit`. */
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
