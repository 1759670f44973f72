/** Bytes of the JSON of every TASK message, for all targets. */
export const MESSAGE_BYTES = 100;

/** The last message of a job, as all targets relay it. */
export const FINISHED_JSON = Buffer.from('{"command": "FINISHED"}');

const HEAD = '{"command": "TASK", "task_id": "';
const TAIL = '", "task_state": "COMPLETED"}';

/** Offset of the task id in the JSON. It begins with the stamp: sequence number and time as hex digits. */
export const TASK_ID_AT = HEAD.length;

const PADDING = '-'.repeat(MESSAGE_BYTES - HEAD.length - TAIL.length - 24);

/** Task id with an empty stamp. */
export const UNSTAMPED = '0'.repeat(24) + PADDING;

/** The JSON as `json.dumps` of the original writes it. */
export const TASK_JSON = HEAD + UNSTAMPED + TAIL;

const DIGITS = Buffer.from('0123456789abcdef');
const VALUES = new Uint8Array(256);
DIGITS.forEach((digit, value) => (VALUES[digit] = value));

/** Writes sequence number and time (ns of the monotonic clock, which all processes share) at the start of a task id. */
export function writeStamp(bytes: Buffer, at: number, seq: number, time: number): void {
  writeHex(bytes, at, seq);
  writeHex(bytes, at + 8, Math.floor(time / 2 ** 32));
  writeHex(bytes, at + 16, time >>> 0);
}

/** Sequence number of the message with its JSON at `at`. */
export function readSeq(bytes: Buffer, at: number): number {
  return readHex(bytes, at + TASK_ID_AT);
}

/** Time at which the message was sent, ns of the monotonic clock. */
export function readTime(bytes: Buffer, at: number): number {
  return readHex(bytes, at + TASK_ID_AT + 8) * 2 ** 32 + readHex(bytes, at + TASK_ID_AT + 16);
}

/** Nanoseconds of the monotonic clock. A double holds them exactly for 104 days of uptime, then to 2 ns for another 104. */
export function now(): number {
  return Number(process.hrtime.bigint());
}

function writeHex(bytes: Buffer, at: number, value: number): void {
  for (let i = 7, rest = value; i >= 0; i--, rest >>>= 4) bytes[at + i] = DIGITS[rest & 15]!;
}

function readHex(bytes: Buffer, at: number): number {
  let value = 0;
  for (let i = at; i < at + 8; i++) value = (value << 4) | VALUES[bytes[i]!]!;
  return value >>> 0;
}
