import type { Random } from '../../simulation/random.js';
import { cut, mutate, randomBytes } from '../byte-mutations.js';
import type { FuzzTarget } from '../fuzz-target.js';
import { ODD_TEXTS } from '../odd-texts.js';
import { describeHttpInput, playHttpInputs, type HttpInput } from './http-exchange.js';

const TYPES = ['application/json', 'application/x-ndjson'];

const DEEP = 20_000;

/** Bodies of requests that publish messages: near-valid JSON and NDJSON, deep, long and wrong ones, in odd framings. */
export const publishingTarget: FuzzTarget<HttpInput> = {
  name: 'publishing',
  batch: 200,
  create(random) {
    const type = random.pick(TYPES);
    const sent = body(random, type);
    const { header, framed } = framing(sent, random);
    const head = `POST /channels/job-${random.int(0, 50)} HTTP/1.1\r\nHost: x\r\nContent-Type: ${type}\r\n`;
    const bytes = Buffer.concat([Buffer.from(`${head}${producer(random)}${header}\r\n`, 'latin1'), framed]);
    return { listener: 'admin', pieces: cut(bytes, random), resets: random.chance(0.05) };
  },
  describe: describeHttpInput,
  play: playHttpInputs,
};

function body(random: Random, type: string): Buffer {
  const kind = random.weighted({ valid: 20, mutated: 60, noise: 5, deep: 5, odd: 10 });
  if (kind === 'noise') return randomBytes(random, 0, 300);
  if (kind === 'deep') return Buffer.from(random.pick(['[', '{"a":', '[[],']).repeat(random.int(1, DEEP)));
  if (kind === 'odd')
    return Buffer.from(JSON.stringify({ [random.pick(ODD_TEXTS)]: random.pick(ODD_TEXTS) }));
  const messages = Array.from({ length: random.int(1, 5) }, () => JSON.stringify(message(random)));
  const text =
    type === 'application/json' ? `[${messages.join()}]` : messages.join(random.pick(['\n', '\r\n']));
  return kind === 'valid' ? Buffer.from(text) : mutate(Buffer.from(text), random);
}

function message(random: Random): object {
  const text = (): unknown =>
    random.chance(0.9) ? random.pick(ODD_TEXTS) : random.pick([null, 0, [], {}, true]);
  if (random.chance(0.5)) return { command: random.pick(['STARTED', 'FINISHED', 'NEWS']) };
  return { command: 'TASK', task_id: text(), task_state: text() };
}

function producer(random: Random): string {
  if (random.chance(0.7)) return '';
  const number = (): string => (random.chance(0.8) ? String(random.int(0, 3)) : random.pick(ODD_TEXTS));
  const fields = {
    'Producer-Id': `p${random.int(0, 3)}`,
    'Producer-Epoch': number(),
    'Producer-Seq': number(),
  };
  return Object.entries(fields)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');
}

/** The framing of a body: by its length, which is sometimes wrong, or in chunks. */
function framing(sent: Buffer, random: Random): { header: string; framed: Buffer } {
  const kind = random.weighted({ length: 60, chunks: 30, wrongLength: 5, none: 5 });
  if (kind === 'none') return { header: '', framed: sent };
  if (kind === 'wrongLength')
    return { header: `Content-Length: ${sent.length + random.int(-5, 5)}\r\n`, framed: sent };
  if (kind === 'length') return { header: `Content-Length: ${sent.length}\r\n`, framed: sent };
  const chunks = cut(sent, random).flatMap((chunk) =>
    chunk.length > 0 ? [Buffer.from(`${chunk.length.toString(16)}\r\n`), chunk, Buffer.from('\r\n')] : [],
  );
  return {
    header: 'Transfer-Encoding: chunked\r\n',
    framed: Buffer.concat([...chunks, Buffer.from('0\r\n\r\n')]),
  };
}
