import { hash } from 'node:crypto';

/** The task id of a message of `verify`: a link of the hash chain of a job. */
export interface ChainLink {
  readonly channel: string;
  /** The number of the task, from 1. */
  readonly task: number;
  /** The number of tasks of the job. */
  readonly tasks: number;
  /** When the message was sent, in microseconds since 1970. */
  readonly sentAt: number;
  readonly hash: string;
}

/** Hexadecimal digits of a hash. They find mistakes; they are no protection against forgery. */
const HASH_DIGITS = 16;
const LINK = /^(.{1,256})\/(\d{1,7})\/(\d{1,7})\/(\d{1,16})\/([0-9a-f]{16})$/;

/** The hash before the first link of each chain. */
export const CHAIN_START = '';

/** The hash of a link. It covers all earlier links through the hash of the link before. */
export function hashLink(previous: string, link: Omit<ChainLink, 'hash'>, taskState: string): string {
  const { channel, task, tasks, sentAt } = link;
  const text = [previous, channel, task, tasks, sentAt, taskState].join('/');
  return hash('sha256', text, 'hex').slice(0, HASH_DIGITS);
}

/** Writes a link as a task id: `<channel>/<task>/<tasks>/<sent at>/<hash>`. */
export function formatLink({ channel, task, tasks, sentAt, hash: digits }: ChainLink): string {
  return `${channel}/${task}/${tasks}/${sentAt}/${digits}`;
}

/** Parses a task id. Returns `undefined` if the text is not a link. */
export function parseLink(text: string): ChainLink | undefined {
  const [, channel, task, tasks, sentAt, digits] = LINK.exec(text) ?? [];
  if (channel === undefined) return undefined;
  const link = { channel, task: Number(task), tasks: Number(tasks), sentAt: Number(sentAt), hash: digits! };
  return link.task >= 1 && link.task <= link.tasks ? link : undefined;
}
