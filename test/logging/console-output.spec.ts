import { execFileSync } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConsoleOutput } from '../../src/logging/console-output.js';
import { FdStream } from '../../src/logging/fd-stream.js';

const { O_NONBLOCK, O_RDONLY, O_WRONLY } = constants;
const LINE = `${'x'.repeat(999)}\n`;
/** The queue in the process, and the buffer of a pipe in the kernel. */
const BOUND = 1024 * 1024 + LINE.length + 64 * 1024;

let directory: string;
let reader: number;
let writer: number;
let stream: FdStream;
let output: ConsoleOutput;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'console-spec-'));
  const fifo = join(directory, 'fifo');
  execFileSync('mkfifo', [fifo]);
  reader = openSync(fifo, O_RDONLY | O_NONBLOCK);
  writer = openSync(fifo, O_WRONLY | O_NONBLOCK);
  stream = new FdStream(writer);
  output = new ConsoleOutput(stream, (lines) => `dropped ${lines}\n`);
});
afterEach(() => {
  closeSync(reader);
  closeSync(writer);
  rmSync(directory, { recursive: true });
});

/** The content of the pipe. */
function readNow(): string {
  const buffer = Buffer.alloc(1024 * 1024);
  try {
    return buffer.toString('utf8', 0, readSync(reader, buffer));
  } catch {
    return '';
  }
}

async function readUntil(end: RegExp): Promise<string> {
  let text = '';
  while (!end.test(text)) {
    text += readNow();
    await new Promise(setImmediate);
  }
  return text;
}

describe('The console', () => {
  it('is written to in the same turn when it is read', () => {
    output.write('one\n');
    output.write('two\n');
    expect(readNow()).toBe('one\ntwo\n');
  });

  it('without a reader neither blocks nor grows, and later reports the number of dropped lines', async () => {
    const count = 5000;
    for (let i = 0; i < count; i++) output.write(LINE);
    expect(stream.writableLength).toBeLessThan(BOUND);
    const text = await readUntil(/dropped \d+\n$/);
    const kept = text.split(LINE).length - 1;
    expect(text).toBe(`${LINE.repeat(kept)}dropped ${count - kept}\n`);
    expect(kept * LINE.length).toBeLessThan(BOUND);
    output.write('continues\n');
    expect(readNow()).toBe('continues\n');
  });

  it('accepts a line that is longer than the queue', async () => {
    const long = `${'x'.repeat(2 * 1024 * 1024)}\n`;
    output.write(long);
    output.write('next\n');
    expect(await readUntil(/dropped 1\n$/)).toBe(`${long}dropped 1\n`);
  });

  it('is flushed when all lines are read', async () => {
    for (let i = 0; i < 200; i++) output.write(LINE);
    let flushed = false;
    const flushing = output.flush().then(() => (flushed = true));
    await new Promise(setImmediate);
    expect(flushed).toBe(false);
    const reading = readUntil(/^[^]{200000}$/);
    await Promise.all([flushing, reading]);
  });

  it('with a closed reader loses only lines, and can be flushed', async () => {
    closeSync(reader);
    for (let i = 0; i < 2000; i++) output.write(LINE);
    await output.flush();
    expect(stream.writableLength).toBe(0);
    reader = openSync(join(directory, 'fifo'), O_RDONLY | O_NONBLOCK);
    output.write('back\n');
    expect(readNow()).toBe('back\n');
  });

  it('may be a file', async () => {
    const path = join(directory, 'file');
    const fd = openSync(path, 'w');
    const file = new ConsoleOutput(new FdStream(fd), String);
    for (let i = 0; i < 1000; i++) file.write(`${i}\n`);
    await file.flush();
    closeSync(fd);
    expect(readFileSync(path, 'utf8')).toBe(Array.from({ length: 1000 }, (_, i) => `${i}\n`).join(''));
  });
});
