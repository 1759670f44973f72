import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import ts from 'typescript';
import type { DocumentBlock } from './document-block.js';

/** What the text of a page introduces before a script uses it: the name, and its type. */
const EXPLAINED: Readonly<Record<string, string>> = {
  connection: 'object',
  id: 'string',
  stream: "import('recodex-monitor/client').ProgressStream",
  channelUrl: "typeof import('recodex-monitor/client').channelUrl",
  watch: "typeof import('recodex-monitor/client').watch",
};

/** Packages that only readers have. */
const PACKAGES =
  "declare module 'bullmq' { export class QueueEvents { constructor(queue: string, options: object) } }\n";

const AMBIENT =
  PACKAGES +
  Object.entries(EXPLAINED)
    .map(([name, type]) => `declare const ${name}: ${type};\n`)
    .join('');

/** What Node.js 20 has not: a browser, and packages that only readers have. */
const NOT_IN_NODE = /from '(bullmq|react|vue)'|\/(react|element)'|new EventSource/;

/** The files that readers copy next to their own. */
const EXAMPLES = 'docs/examples/publishing';

const options: ts.CompilerOptions = {
  allowJs: true,
  checkJs: true,
  noEmit: true,
  strict: false,
  skipLibCheck: true,
  jsx: ts.JsxEmit.ReactJSX,
  module: ts.ModuleKind.ESNext,
  moduleResolution: ts.ModuleResolutionKind.Bundler,
  moduleDetection: ts.ModuleDetectionKind.Force,
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  types: ['node'],
  paths: { ...clientTypes() },
};

/** Checks scripts of the documentation with TypeScript, against the types of the built package. */
export class ScriptTypes {
  private readonly host = ts.createCompilerHost(options);
  private program: ts.Program | undefined;

  /** Throws if a block has an error. */
  check(block: DocumentBlock): void {
    const file = resolve(
      `documented-block-${block.line}.${block.language === 'ts' ? 'ts' : block.language === 'jsx' ? 'jsx' : 'js'}`,
    );
    const ambient = resolve('documented-names.d.ts');
    const texts = new Map([
      [
        file,
        scriptOf(block).replaceAll(
          "'./bullmq-progress.mjs'",
          `'${resolve(EXAMPLES, 'bullmq-progress.mjs')}'`,
        ),
      ],
      [ambient, AMBIENT],
    ]);
    const host: ts.CompilerHost = {
      ...this.host,
      fileExists: (name) => texts.has(name) || this.host.fileExists(name),
      readFile: (name) => texts.get(name) ?? this.host.readFile(name),
      getSourceFile: (name, version) =>
        texts.has(name)
          ? ts.createSourceFile(name, texts.get(name)!, version)
          : (this.program?.getSourceFile(name) ?? this.host.getSourceFile(name, version)),
    };
    this.program = ts.createProgram([file, ambient], options, host, this.program);
    const source = this.program.getSourceFile(file)!;
    const problems = [
      ...this.program.getSyntacticDiagnostics(source),
      ...this.program.getSemanticDiagnostics(source),
    ];
    if (problems.length > 0) throw new Error(problems.map((problem) => textOf(problem, block)).join('\n'));
  }
}

/** The JavaScript of a block: the scripts of a page or of a component. */
export function scriptOf({ code, language }: DocumentBlock): string {
  if (language !== 'html' && language !== 'vue') return code;
  return [...code.matchAll(/<script[^>]*>\n([^]*?)<\/script>/g)].map(([, script]) => script!).join('\n');
}

/** A script that uses a `stream` of the text before it: the stream of a job. */
export function withStream(script: string): string {
  if (!/\bof stream\b/.test(script) || /const stream\b/.test(script)) return script;
  const at = "'http://127.0.0.1:4567";
  return `import { channelUrl, watch } from ${at}/client.js';\nconst stream = watch(channelUrl(${at}', 'job-1'));\n${script}`;
}

/** Whether Node.js can run a script: it has all packages, and the script declares all names that it uses. */
export function isComplete(script: string): boolean {
  if (NOT_IN_NODE.test(script)) return false;
  return Object.keys(EXPLAINED).every((name) => {
    const declared = new RegExp(`(const|let|import {[^}]*)\\s${name}\\b`).test(script);
    return declared || !new RegExp(`(?<![.\\w'/])${name}\\b(?!['\\w:])`).test(script);
  });
}

/** The types of the entries of the package, and of the module that the monitor serves. */
function clientTypes(): Record<string, string[]> {
  const entries = clientEntries();
  const typesOf = (name: string): string[] => [resolve(`dist/client/${name}.d.ts`)];
  return {
    ...Object.fromEntries(Object.entries(entries).map(([specifier, name]) => [specifier, typesOf(name)])),
    'http://127.0.0.1:4567/client.js': typesOf('client'),
  };
}

/** The entries of the client library: each specifier that a page may import, and the name of its file. */
function clientEntries(): Record<string, string> {
  const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as {
    exports: Record<string, unknown>;
  };
  const names = Object.keys(exports).flatMap((path) => /^\.\/(\w+)$/.exec(path)?.[1] ?? []);
  return {
    'recodex-monitor-client': 'client',
    ...Object.fromEntries(
      names.flatMap((name) =>
        [`recodex-monitor/${name}`, `recodex-monitor-client/${name}`].map((specifier) => [specifier, name]),
      ),
    ),
  };
}

function textOf({ messageText, file, start = 0 }: ts.Diagnostic, { page, line }: DocumentBlock): string {
  const at = file ? file.getLineAndCharacterOfPosition(start).line : 0;
  return `${page}:${line + 1 + at}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`;
}
