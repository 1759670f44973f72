import { isUtf8 } from 'node:buffer';
import type { ProgressMessage } from '../messages/progress-message.js';

/** Limits of one message, in bytes; see `limits` in the configuration. */
export interface MessageLimits {
  readonly channel_id_bytes: number;
  readonly message_bytes: number;
}

/** Reasons that have their cause in a quota of the sender (`zeromq.quotas`), not in the message. */
const QUOTA_REASONS = ['sender_rate', 'sender_channels', 'sender_bytes'] as const;

/** A reason in `zeromq.quotas`. */
export type QuotaReason = (typeof QUOTA_REASONS)[number];

export const REJECT_REASONS = [
  'too_few_frames',
  'empty_channel_id',
  'channel_id_too_long',
  'message_too_long',
  'not_utf8',
  ...QUOTA_REASONS,
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
  const reason = validateSize(frames[1]!.length, size(frames), limits);
  if (reason) return reason;
  for (let i = 1; i < frames.length && i <= TEXT_FRAMES; i++) if (!isUtf8(frames[i]!)) return 'not_utf8';
  return undefined;
}

/**
 * Checks a message that another source has decoded, with the limits of `validate`. Returns the reason to reject it.
 * `undefined`: the message is valid, and all of its texts can be written as UTF-8.
 */
export function validateFields(message: ProgressMessage, limits: MessageLimits): RejectReason | undefined {
  const reason = validateSize(Buffer.byteLength(message.channelId), messageBytes(message), limits);
  return reason ?? (textsOf(message).some((text) => LONE_SURROGATE.test(text)) ? 'not_utf8' : undefined);
}

/** The bytes that `limits.message_bytes` limits: all texts of a message in UTF-8. */
export function messageBytes(message: ProgressMessage): number {
  return textsOf(message).reduce((bytes, text) => bytes + Buffer.byteLength(text), 0);
}

/** Whether a message was rejected because of a quota. */
export function isQuotaReason(reason: RejectReason): reason is QuotaReason {
  return QUOTA_REASONS.some((quota) => quota === reason);
}

/** Whether a message is the exit request of the original protocol: routing id, `0`, `exit`. */
export function isExit(frames: readonly Buffer[]): boolean {
  return frames.length === 3 && frames[1]!.equals(ZERO) && frames[2]!.equals(EXIT);
}

// With the flag `u`, a surrogate pair is one character, so that only a lone surrogate matches.
const LONE_SURROGATE = /\p{Surrogate}/u;

const ZERO = Buffer.from('0');
const EXIT = Buffer.from('exit');

function validateSize(idBytes: number, bytes: number, limits: MessageLimits): RejectReason | undefined {
  if (idBytes === 0) return 'empty_channel_id';
  if (idBytes > limits.channel_id_bytes) return 'channel_id_too_long';
  return bytes > limits.message_bytes ? 'message_too_long' : undefined;
}

function textsOf({ channelId, command, taskId = '', taskState = '' }: ProgressMessage): readonly string[] {
  return [channelId, command, taskId, taskState];
}

function size(frames: readonly Buffer[]): number {
  let bytes = 0;
  for (let i = 1; i < frames.length; i++) bytes += frames[i]!.length;
  return bytes;
}
