import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { VerifyJob } from '../../src/cli/verify/verify-job.js';
import { useConfigurationFile } from '../fixtures/configuration-file.js';
import { markedBlock } from '../fixtures/markdown.js';
import { textsOf } from './source-texts.js';

const file = useConfigurationFile();

describe('the output that a page shows', () => {
  it('has the problems of a configuration in the words of check-config', () => {
    const block = markedBlock(readFileSync('docs/troubleshooting.md', 'utf8'), 'two problems');
    const [title, ...lines] = block.trim().split('\n');
    expect(title).toBe(`config.yml: ${lines.length} problems`);
    expect(file.problemLines('logger: { level: loud, fiel: monitor.log }')).toEqual(lines);
  });

  it('has the faults of verify in the words of the command', () => {
    const words = textsOf('src/cli/verify');
    const block = markedBlock(readFileSync('docs/verify.md', 'utf8'), 'faults');
    for (const line of block.trim().split('\n').slice(1)) {
      const text = line.trim().replace(/^- \S+ \(\d of \d streams\): /, '');
      expect(
        words.some((word) => word.test(text)),
        text,
      ).toBe(true);
    }
  });

  it('has the checks of doctor', () => {
    const words = textsOf('src/cli');
    const block = markedBlock(readFileSync('docs/commands.md', 'utf8'), 'doctor');
    const names = [...block.matchAll(/^(?:ok|warning|problem) +(\w+(?: \w+)?)  /gm)].map(([, name]) => name!);
    expect(names).toHaveLength(5);
    for (const name of names)
      expect(
        words.some((word) => word.test(name)),
        name,
      ).toBe(true);
  });

  it('has the parts of a task id of verify', () => {
    const parts = markedBlock(readFileSync('docs/verify.md', 'utf8'), 'chain').trim().split('/');
    const job = new VerifyJob('verify-1', 3);
    const frames = Array.from({ length: job.messages }, () => job.nextFrames());
    const ids = frames.filter(([, command]) => command === 'TASK').map(([, , taskId]) => taskId!);
    expect(ids.map((id) => id.split('/').length)).toEqual(Array(3).fill(parts.length));
  });
});
