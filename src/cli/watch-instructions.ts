import { resolve } from 'node:path';
import { channelUrl } from 'recodex-monitor/client';

import { escapeUnsafe } from '../text/escape.js';
import { shellQuote } from './shell.js';

/** Instructions for watching a job: the URL of its page, and the command. Each is on a separate line, ready to copy. */
export class WatchInstructions {
  /**
   * @param program the command that starts this program in a shell
   * @param base the monitor's public base URL, if known
   * @param options quoted options with which `watch` finds the monitor
   */
  constructor(
    private readonly program: string,
    private readonly base: string | undefined,
    private readonly options: readonly string[] = [],
  ) {}

  lines(id: string, expected?: number): string[] {
    const url = this.url(id, expected);
    const page = url === undefined ? [] : [`  ${url}`];
    return [escapeUnsafe(id), ...page, `  ${this.command(id, expected)}`];
  }

  url(id: string, expected?: number): string | undefined {
    if (this.base === undefined) return undefined;
    const url = channelUrl(this.base, id);
    if (expected) url.searchParams.set('expected', String(expected));
    return url.href;
  }

  command(id: string, expected?: number): string {
    const count = expected ? ['--expected', String(expected)] : [];
    const endOfOptions = id.startsWith('-') ? ['--'] : [];
    return [this.program, 'watch', ...this.options, ...count, ...endOfOptions, shellQuote(id)].join(' ');
  }
}

/** The options with which `watch` finds the same monitor in another shell without this environment. */
export function watchOptions(
  file: string | undefined,
  url: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): string[] {
  const config = file === undefined ? [] : ['-c', shellQuote(resolve(file))];
  const isFromEnvironment = Boolean(env['RECODEX_MONITOR_WEBSOCKET_URI']);
  return url !== undefined && isFromEnvironment ? [...config, '--url', shellQuote(url)] : config;
}
