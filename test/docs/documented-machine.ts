import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { load } from 'js-yaml';
import { expect } from 'vitest';
import { BuiltDaemon, freePorts, type Ports } from '../fixtures/built-daemon.js';
import type { Certificates } from '../fixtures/certificates.js';
import { type DocumentBlock, nameOf } from './document-block.js';
import { exchange } from './http-exchange.js';
import { SandboxTemplate } from './sandbox-template.js';
import { PageSandboxes } from './page-sandboxes.js';
import { isComplete, scriptOf, withStream } from './script-types.js';
import type { CommandResult } from './shell-sandbox.js';
import { commandsOf, messagesShown, sameText } from './transcript.js';
import { checkOtherYaml } from './yaml-kinds.js';

const MAIN = resolve('dist/main.js');

/** A program as the page of the protocol describes it: it watches a path, and prints the frames and the close code. */
const STREAM_PROGRAM = `import { WebSocket } from 'ws';
const [path, protocol] = process.argv.slice(2);
const socket = new WebSocket('ws://127.0.0.1:4567' + path, protocol ?? []);
socket.on('message', (data) => console.log(String(data)));
socket.on('close', (code, reason) => console.log(\`\${code} \${reason}\`));
`;

/** What a browser has and Node.js has not, for scripts that only write into a page. */
const BROWSER = `globalThis.document = { body: { textContent: '', append(text) { this.textContent += text; } }, addEventListener() {}, querySelector: () => ({}) };
`;

/** The client library in the imports of a script. */
const CLIENT_ENTRY = /'(http:\/\/127\.0\.0\.1:4567\/client\.js|recodex-monitor(-client)?(\/client)?)'/g;

const TASK = { command: 'TASK', task_id: 'compile', task_state: 'COMPLETED' };
const JOB_OF_20_TASKS = [{ command: 'STARTED' }, ...Array<object>(20).fill(TASK), { command: 'FINISHED' }];

/** The machine of a reader: a running monitor with jobs, and a sandbox for the commands of each page. */
export class DocumentedMachine {
  private readonly sandboxes: PageSandboxes;
  private readonly outputs = new Map<DocumentBlock, string>();
  private transcripts = 0;

  private constructor(
    private readonly daemon: BuiltDaemon,
    private readonly ports: Ports,
    private readonly secured: BuiltDaemon,
    private readonly securedPorts: Ports,
    private readonly template: SandboxTemplate,
    programs: Readonly<Record<string, string>>,
  ) {
    this.sandboxes = new PageSandboxes(template, ports, daemon.child.pid!, programs);
  }

  /** @param programs shell scripts by name, instead of the stand-ins */
  static async start(
    certificates: Certificates,
    programs: Readonly<Record<string, string>> = {},
  ): Promise<DocumentedMachine> {
    const template = new SandboxTemplate(certificates);
    const keys = join(certificates.path, 'keys');
    execFileSync(process.execPath, [MAIN, 'curve-keys', '--out', keys]);
    template.addCurveKeys(keys);
    const journal = mkdtempSync(join(tmpdir(), 'recodex-monitor-journal-'));
    const ports = await freePorts();
    const journaled = await BuiltDaemon.start(ports, { RECODEX_MONITOR_JOURNAL_PATH: journal }).untilReady();
    await publish(ports, 'job-1', [{ command: 'STARTED' }]);
    await journaled.stop();
    template.addJournal(journal);
    const securedPorts = await freePorts();
    const [daemon, secured] = await Promise.all([
      // The command `doctor` waits longer than one interval.
      BuiltDaemon.start(ports, { RECODEX_MONITOR_HEARTBEAT_INTERVAL: '1' }).untilReady(),
      BuiltDaemon.start(securedPorts, {
        RECODEX_MONITOR_ORIGINS: 'https://recodex.example.org',
        RECODEX_MONITOR_ZEROMQ_CURVE_KEY: template.curveFile('monitor.key'),
        RECODEX_MONITOR_ZEROMQ_CURVE_CLIENTS: template.curveFile('allowed-clients'),
      }).untilReady(),
    ]);
    for (const id of ['demo', 'demo-ok', 'ID', 'job-1']) await publish(ports, id, JOB_OF_20_TASKS);
    await publish(securedPorts, 'demo', JOB_OF_20_TASKS);
    return new DocumentedMachine(daemon, ports, secured, securedPorts, template, programs);
  }

  /** Runs the commands of a block. Throws if one fails. Resolves to the commands that were not executed. */
  async runShell(block: DocumentBlock): Promise<string[]> {
    const assignments = block.code
      .trim()
      .split('\n')
      .every((line) => /^\w+=\S*$/.test(line));
    const script = assignments
      ? `set -a\n${block.code}recodex-monitor check-config -c config.yml`
      : block.code;
    const result = await this.sandboxes.of(block.page).bash(this.secure(script));
    this.expectSuccess(result, block);
    this.outputs.set(block, result.output);
    return result.recorded.map((command) => this.sandboxes.withPortsOfPage(command));
  }

  /** Runs a script of a browser or of Node.js. Resolves to whether Node.js can run it. */
  async runScript(block: DocumentBlock): Promise<boolean> {
    const script = withStream(scriptOf(block));
    if (!isComplete(script)) return false;
    const sandbox = this.sandboxes.of(block.page);
    const entries = script.replaceAll(
      CLIENT_ENTRY,
      `'${new URL('../../dist/client/client.js', import.meta.url).href}'`,
    );
    const ends = /new WebSocket/.test(script) ? '\nsocket.on("close", () => process.exit());' : '';
    const file = sandbox.writeFile(
      'block.mjs',
      sandbox.translate((block.language === 'html' ? BROWSER : '') + entries + ends),
    );
    // The stream of a finished job ends.
    if (ends !== '') await publish(this.ports, 'job-1', [{ command: 'FINISHED' }]);
    const result = await sandbox.run(process.execPath, [file]);
    this.expectSuccess(result, block);
    this.outputs.set(block, result.output);
    return true;
  }

  /** Runs each `$ command` of a block, and compares its output with the block. */
  async runTranscript(block: DocumentBlock): Promise<void> {
    for (const { command, output } of commandsOf(block.code)) {
      const id = `transcript-${++this.transcripts}`;
      await publish(this.ports, id, messagesShown(block.code));
      const sandbox = this.sandboxes.of(block.page);
      sandbox.writeFile('stream.mjs', sandbox.translate(STREAM_PROGRAM));
      const summary = await this.summaryOf(id);
      const epoch = summary.position.split('-')[0]!;
      const own = this.secure(command)
        .replaceAll('job-1', id)
        .replaceAll(/\b[0-9a-f]{12}(?=-\d)/g, epoch);
      const result = await sandbox.bash(own);
      if (result.recorded.length > 0) throw new Error(`not executed: ${result.recorded.join(', ')}`);
      sameText((result.output + result.errors).replaceAll(id, 'job-1'), output);
    }
  }

  /** Sends a request, and compares its response with the block after it. */
  async runExchange(block: DocumentBlock, before: DocumentBlock | undefined): Promise<void> {
    if (!block.code.startsWith('HTTP/')) return;
    if (!before?.code.includes(' HTTP/1.1\n'))
      throw new Error(`${block.page}:${block.line}: no request before this response`);
    const id = `exchange-${++this.transcripts}`;
    const response = await exchange(this.ports.admin, before.code.replaceAll('job-1', id));
    for (const line of block.code
      .trim()
      .split('\n')
      .filter((text) => text !== '' && !text.startsWith('{')))
      expect(response.toLowerCase()).toContain(line.toLowerCase());
    sameText(response.split('\r\n\r\n')[1]!, block.code.trim().split('\n\n')[1]!);
  }

  /** Compares a text with the output of the program above it. */
  compareOutput(block: DocumentBlock, before: DocumentBlock | undefined): void {
    const output = before && this.outputs.get(before);
    if (output === undefined) throw new Error(`${block.page}:${block.line}: no program above this text`);
    sameText(output, block.code);
  }

  /** Requests each address in a text. Throws if one does not exist. */
  async requestLinks(block: DocumentBlock): Promise<void> {
    const addresses = [...block.code.matchAll(/\]\((\S+)\)/g)].map(([, address]) => address!);
    expect(addresses).not.toEqual([]);
    for (const address of addresses)
      expect((await fetch(this.sandboxes.of(block.page).translate(address))).status).toBe(200);
  }

  /** Checks a configuration with `check-config`, and other files by their kind. Resolves to what is only parsed. */
  async checkYaml(block: DocumentBlock): Promise<void | string[]> {
    const kind = checkOtherYaml(load(block.code));
    if (kind) return kind.isOnlyParsed ? [nameOf(block)] : [];
    const sandbox = this.sandboxes.of(block.page);
    const translated = block.code.replaceAll('/monitor/curve/', '/monitor/keys/');
    const file = sandbox.writeFile('/etc/recodex/monitor/block.yml', sandbox.translate(translated));
    this.expectSuccess(await sandbox.run('recodex-monitor', ['check-config', '-c', file]), block);
  }

  async stop(): Promise<void> {
    this.sandboxes.remove();
    this.template.remove();
    await Promise.all([this.daemon.stop(), this.secured.stop()]);
  }

  /** Sends commands with CURVE keys, and requests of another site, to the monitor that has keys and sites. */
  private secure(script: string): string {
    if (!/--curve-key|Origin:/.test(script)) return script;
    const { websocket, zeromq } = this.securedPorts;
    return script.replaceAll(':4567', `:${websocket}`).replaceAll(':7894', `:${zeromq}`);
  }

  private async summaryOf(id: string): Promise<{ position: string }> {
    const headers = { Accept: 'application/json' };
    const response = await fetch(`http://127.0.0.1:${this.ports.websocket}/channels/${id}`, { headers });
    return (await response.json()) as { position: string };
  }

  private expectSuccess({ code, output, errors }: CommandResult, { page, line }: DocumentBlock): void {
    if (code !== 0) throw new Error(`${page}:${line}: exit code ${code}\n${output}${errors}`);
  }
}

async function publish({ admin }: Ports, id: string, messages: readonly object[]): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${admin}/channels/${id}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(messages),
  });
  expect(response.status).toBe(200);
}
