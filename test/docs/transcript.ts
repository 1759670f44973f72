import { expect } from 'vitest';

/** A command of a `console` block, and the output that the block shows. */
interface ShownCommand {
  readonly command: string;
  readonly output: string;
}

/** A message of a channel, as its publisher writes it. */
interface PublishedMessage {
  readonly command: string;
  readonly task_id?: string;
  readonly task_state?: string;
}

/** The job of docs/protocol.md. A transcript shows a part of it. */
const JOB: readonly PublishedMessage[] = [
  { command: 'STARTED' },
  { command: 'TASK', task_id: 'compile', task_state: 'COMPLETED' },
  { command: 'TASK', task_id: 'žluť', task_state: 'FAILED' },
  { command: 'FINISHED' },
];

export function commandsOf(code: string): ShownCommand[] {
  return code
    .split(/^\$ /m)
    .filter((part) => part.trim() !== '')
    .map((part) => {
      const [command = '', ...output] = part.split('\n');
      return { command, output: output.join('\n') };
    });
}

/** The messages that a channel needs, so that a transcript can show what it shows: those of the transcript, at their numbers. */
export function messagesShown(code: string): PublishedMessage[] {
  const shown = [...code.matchAll(/\{"id":"\w+-(\d+)","time":"[^"]+",("command":[^}]+)\}/g)].map(
    ([, seq, fields]) => [Number(seq), JSON.parse(`{${fields}}`) as PublishedMessage] as const,
  );
  const position = /"position":"\w+-(\d+)"/.exec(code)?.[1];
  const length = Math.max(Number(position ?? 1), ...shown.map(([seq]) => seq));
  const found = new Map(shown);
  return Array.from({ length }, (_, index) => found.get(index + 1) ?? JOB[index]!);
}

/** Expects an output like the one of a page: with other times, epochs and durations, and with what `...` leaves out. */
export function sameText(actual: string, shown: string): void {
  const pattern = comparable(shown)
    .split(/\n?\.\.\.(?=\n|$)|, \.\.\.(?=\])/)
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('[^]*');
  expect(comparable(actual)).toMatch(new RegExp(`^${pattern}$`));
}

function comparable(text: string): string {
  return (
    text
      .replaceAll('\r', '')
      .replaceAll(/\b[0-9a-f]{12}(?=-\d)|(?<=\bepoch=)[0-9a-f]{12}/g, 'EPOCH')
      .replaceAll(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
      .replaceAll(/^(Date|ETag|Content-Length): .*$/gm, '$1: VALUE')
      .replaceAll(/^retry: \d+$/gm, 'retry: NUMBER')
      .replaceAll(/\d+(\.\d+)? m?s\b/g, 'DURATION')
      .replaceAll(/ +/g, ' ')
      // Heartbeats come by time, and messages that are ready share a frame.
      .replaceAll(/^\[\]\n/gm, '')
      .replaceAll(/\]\n\[/g, ',')
      .trim()
  );
}
