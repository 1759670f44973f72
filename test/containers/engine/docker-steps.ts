import type { DocumentBlock } from '../../docs/document-block.js';

/** Lines of a block that end with a command of docker, or with the last command of the block. */
interface DockerStep {
  readonly script: string;
  /** The last command, on one line. */
  readonly command: string;
}

/** The steps of a block of the documentation: what it prints before each command of docker belongs to this command. */
export function dockerSteps({ code }: DocumentBlock): DockerStep[] {
  const lines = code
    .replaceAll(/\\\n\s*/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  const steps: DockerStep[] = [];
  let pending: string[] = [];
  for (const [index, line] of lines.entries()) {
    pending.push(line);
    if (!line.startsWith('docker ') && index < lines.length - 1) continue;
    steps.push({ script: pending.join('\n'), command: line.replace(/\s+#.*$/, '') });
    pending = [];
  }
  return steps;
}
