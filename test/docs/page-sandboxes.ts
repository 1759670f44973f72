import { existsSync } from 'node:fs';
import type { Ports } from '../fixtures/built-daemon.js';
import { documentBlocks } from './document-block.js';
import type { SandboxTemplate } from './sandbox-template.js';
import { ShellSandbox } from './shell-sandbox.js';

/** A sandbox for each page of the documentation. Its commands reach a running monitor at the addresses of the page. */
export class PageSandboxes {
  private readonly sandboxes = new Map<string, ShellSandbox>();

  /** @param pid the process of the monitor @param programs shell scripts by name, instead of the stand-ins */
  constructor(
    private readonly template: SandboxTemplate,
    private readonly ports: Ports,
    private readonly pid: number,
    private readonly programs: Readonly<Record<string, string>>,
  ) {}

  /** The sandbox of a page. It contains the files that the page names in the first line of a block. */
  of(page: string): ShellSandbox {
    const existing = this.sandboxes.get(page);
    if (existing) return existing;
    const { websocket, admin, zeromq } = this.ports;
    const at = (port: number): string => `127.0.0.1:${port}`;
    const replacements = [
      [/\b127\.0\.0\.1:[45]567\b/g, at(websocket)],
      [/\b127\.0\.0\.1:[45]568\b/g, at(admin)],
      [/\b127\.0\.0\.1:[78]894\b/g, at(zeromq)],
      ['https://recodex.example.org/monitor', `http://${at(websocket)}/monitor`],
      [/\bPID\b/g, String(this.pid)],
      ['JOB-ID', 'job-1'],
    ] as const;
    const addresses = {
      RECODEX_MONITOR_WEBSOCKET_URI: at(websocket),
      RECODEX_MONITOR_ZEROMQ_URI: at(zeromq),
      RECODEX_MONITOR_ADMIN_URI: at(admin),
    };
    const sandbox = new ShellSandbox(this.template.root, replacements, addresses, this.programs);
    const { configuration } = this.template;
    sandbox.writeFile('/etc/recodex/monitor/config.yml', sandbox.translate(configuration));
    // The commands of a page may replace the secret of the machine, but not this one.
    const own = configuration.replace('/etc/recodex/monitor/token.key', 'token.key');
    sandbox.writeFile('config.yml', sandbox.translate(own));
    for (const [name, text] of namedFiles(page)) sandbox.writeFile(name, text);
    this.sandboxes.set(page, sandbox);
    return sandbox;
  }

  /** A text with the ports of a page instead of those of the monitor. */
  withPortsOfPage(text: string): string {
    const { websocket, admin, zeromq } = this.ports;
    const shown: [number, number][] = [
      [websocket, 4567],
      [admin, 4568],
      [zeromq, 7894],
    ];
    return shown.reduce((result, [port, ofPage]) => result.replaceAll(`:${port}`, `:${ofPage}`), text);
  }

  remove(): void {
    for (const sandbox of this.sandboxes.values()) sandbox.remove();
  }
}

/** The blocks of a page that begin with the name of a file, such as `# values.yml`. */
function namedFiles(page: string): [name: string, text: string][] {
  if (!existsSync(page)) return [];
  return documentBlocks(page).flatMap(({ code }): [string, string][] => {
    const name = /^# ([\w-]+\.yml)\n/.exec(code)?.[1];
    return name === undefined ? [] : [[name, code]];
  });
}
