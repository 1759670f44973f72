import { messageBytes, validateFields, type MessageLimits } from '../broker/validate.js';
import type { ProgressMessage } from '../messages/progress-message.js';
import type { BodyFormat } from './body-format.js';
import { PublishRefused } from './publish-refused.js';

/** Messages of one request. This many take about 25 ms, in which the monitor serves no other client. */
export const MESSAGES_PER_REQUEST = 5000;

/** Characters of an unexpected value in an error text. */
const LONGEST_EXCERPT = 60;

const FIELDS = ['command', 'task_id', 'task_state'];

interface ParseContext {
  readonly channelId: string;
  readonly limits: MessageLimits;
}

/** A value that should be a message, and its place in the body. */
interface Item {
  readonly place: string;
  readonly value: unknown;
}

/** Parses the messages in a body. Throws `PublishRefused` if one of them is invalid. */
export function parseMessages(body: Buffer, format: BodyFormat, context: ParseContext): ProgressMessage[] {
  const text = decode(body);
  const items = format === 'json' ? itemsOfJson(text) : itemsOfLines(text);
  if (items.length === 0) throw invalid('Expected at least one message, got none');
  return items.map((item) => messageOf(item, context));
}

function decode(body: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch {
    throw invalid('Expected UTF-8, got other bytes');
  }
}

function itemsOfJson(text: string): Item[] {
  if (text.trim() === '') return [];
  const value = parse(text, 'body');
  if (!Array.isArray(value)) return [{ place: 'message', value }];
  boundCount(value.length);
  return value.map((each: unknown, index) => ({ place: `messages[${index}]`, value: each }));
}

// Empty lines are allowed, because a file may end with one.
function itemsOfLines(text: string): Item[] {
  const lines = text.split('\n').map((line, index) => ({ line, place: `line ${index + 1}` }));
  const used = lines.filter(({ line }) => line.trim() !== '');
  boundCount(used.length);
  return used.map(({ line, place }) => ({ place, value: parse(line, place) }));
}

function boundCount(count: number): void {
  if (count <= MESSAGES_PER_REQUEST) return;
  throw new PublishRefused(
    'too_large',
    `Expected at most ${MESSAGES_PER_REQUEST} messages, got ${count}: send them in several requests`,
  );
}

function parse(text: string, place: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(`${place}: expected JSON: ${(error as Error).message}`);
  }
}

function messageOf({ place, value }: Item, { channelId, limits }: ParseContext): ProgressMessage {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw invalid(`${place}: expected an object, got ${excerpt(value)}`);
  const unknown = Object.keys(value).find((name) => !FIELDS.includes(name));
  if (unknown !== undefined)
    throw invalid(`${place}: expected only ${FIELDS.join(', ')}, got ${excerpt(unknown)}`);
  const { command, task_id: taskId, task_state: taskState } = value as Readonly<Record<string, unknown>>;
  if (!isText(command)) throw invalid(expectedText(place, 'command', command));
  const message = { channelId, command };
  if (taskId === undefined && taskState === undefined) return checked(message, place, limits);
  // The broker sends no task state without a task, and clients of the original don't expect it.
  if (!isText(taskId)) throw invalid(expectedText(place, 'task_id', taskId));
  if (taskState === undefined) return checked({ ...message, taskId }, place, limits);
  if (!isText(taskState)) throw invalid(expectedText(place, 'task_state', taskState));
  return checked({ ...message, taskId, taskState }, place, limits);
}

function checked(message: ProgressMessage, place: string, limits: MessageLimits): ProgressMessage {
  const reason = validateFields(message, limits);
  if (!reason) return message;
  if (reason === 'message_too_long')
    throw invalid(
      `${place}: expected at most ${limits.message_bytes} bytes with the channel id (limits.message_bytes), ` +
        `got ${messageBytes(message)}`,
    );
  if (reason === 'not_utf8') throw invalid(`${place}: expected Unicode text, got a lone surrogate`);
  throw invalid(`${place}: ${reason}`);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function expectedText(place: string, name: string, value: unknown): string {
  return `${place}: expected ${name} to be a string, got ${excerpt(value)}`;
}

function excerpt(value: unknown): string {
  const json = value === undefined ? 'nothing' : JSON.stringify(value);
  return json.length > LONGEST_EXCERPT ? `${json.slice(0, LONGEST_EXCERPT)}...` : json;
}

function invalid(text: string): PublishRefused {
  return new PublishRefused('invalid', text);
}
