import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { DockerfileParser, type Flag, type Instruction, type Property } from 'dockerfile-ast';

/** An instruction with options (`--from=build`) or with properties (`ENV NAME=value`). */
type DetailedInstruction = Instruction & {
  readonly getFlags?: () => readonly Flag[];
  readonly getProperties?: () => readonly Property[];
};

/** Source and destination of a COPY. */
export interface CopyStep {
  readonly sources: readonly string[];
  readonly destination: string;
  /** The stage that has the sources, or undefined for the build context. */
  readonly from: string | undefined;
}

/** What the Dockerfile of the repository says. */
export class Dockerfile {
  private readonly instructions: readonly DetailedInstruction[];

  constructor(path = fileURLToPath(new URL('../../Dockerfile', import.meta.url))) {
    this.instructions = DockerfileParser.parse(readFileSync(path, 'utf8')).getInstructions();
  }

  /** The base of each stage. */
  get bases(): string[] {
    return this.all('FROM').map((text) => text.split(' ')[0]!);
  }

  /** The commands of the RUN steps before the last stage, in order. */
  get buildRuns(): string[] {
    const all = this.all('RUN');
    return all.slice(0, all.length - this.runs.length);
  }

  /** The commands of the RUN steps of the last stage, in order. */
  get runs(): string[] {
    return this.lastStage.filter(isKeyword('RUN')).map((step) => step.getArgumentsContent() ?? '');
  }

  get copies(): CopyStep[] {
    return this.instructions.filter(isKeyword('COPY')).map((copy) => {
      const words = copy.getArguments().map((argument) => argument.getValue());
      const from = copy.getFlags?.().find((flag) => flag.getName() === 'from');
      if (words.length < 2) throw new Error(`expected a source and a destination, got ${String(copy)}`);
      return {
        sources: words.slice(0, -1),
        destination: words.at(-1)!,
        from: from?.getValue() ?? undefined,
      };
    });
  }

  /** The variables of the last stage. */
  get environment(): Record<string, string> {
    return this.properties('ENV');
  }

  get labels(): Record<string, string> {
    return this.properties('LABEL');
  }

  get buildArguments(): Record<string, string> {
    return this.properties('ARG');
  }

  /** The last value of an instruction in the last stage. */
  get(keyword: string): string {
    const value = this.lastStage.filter(isKeyword(keyword)).at(-1)?.getArgumentsContent();
    if (value === undefined || value === null)
      throw new Error(`expected ${keyword} in the last stage, got none`);
    return value;
  }

  /** The words of a command in its JSON form. */
  command(keyword: 'ENTRYPOINT' | 'HEALTHCHECK'): string[] {
    return JSON.parse(this.get(keyword).replace(/^CMD /, '')) as string[];
  }

  private get lastStage(): readonly DetailedInstruction[] {
    return this.instructions.slice(this.instructions.findLastIndex(isKeyword('FROM')));
  }

  private all(keyword: string): string[] {
    return this.instructions.filter(isKeyword(keyword)).map((step) => step.getArgumentsContent() ?? '');
  }

  private properties(keyword: string): Record<string, string> {
    const found = this.lastStage.filter(isKeyword(keyword)).flatMap((step) => step.getProperties?.() ?? []);
    return Object.fromEntries(found.map((property) => [property.getName(), property.getValue() ?? '']));
  }
}

function isKeyword(keyword: string): (instruction: Instruction) => boolean {
  return (instruction) => instruction.getKeyword() === keyword;
}
