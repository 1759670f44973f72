import { resolve } from 'node:path';
import { channelUrl } from 'recodex-monitor/client';

import type { Address } from '../config/address.js';
import { baseUrl } from './reachable.js';
import { quote } from './shell.js';
import { escapeUnsafe } from '../text/escape.js';

/** Tells how to watch a job: the URL of its page, and the command. Each stands alone on a line, ready to be copied. */
export class WatchGuide {
  /**
   * @param command how this program is called in a shell
   * @param base the monitor's public base URL; undefined when nobody can know it
   * @param options what `watch` needs to find the monitor, quoted
   */
  constructor(
    private readonly command: string,
    private readonly base: string | undefined,
    private readonly options: readonly string[] = [],
  ) {}

  lines(id: string, expected?: number): string[] {
    return [escapeUnsafe(id), ...this.page(id, expected), `  ${this.watch(id, expected)}`];
  }

  url(id: string, expected?: number): string | undefined {
    if (this.base === undefined) return undefined;
    const url = channelUrl(this.base, id);
    if (expected) url.searchParams.set('expected', String(expected));
    return url.href;
  }

  watch(id: string, expected?: number): string {
    const count = expected ? ['--expected', String(expected)] : [];
    const end = id.startsWith('-') ? ['--'] : [];
    return [this.command, 'watch', ...this.options, ...count, ...end, quote(id)].join(' ');
  }

  private page(id: string, expected?: number): string[] {
    const url = this.url(id, expected);
    return url === undefined ? [] : [`  ${url}`];
  }
}

/** The options with which `watch` finds the same monitor from another shell, without this one's environment. */
export function watchOptions(
  file: string | undefined,
  page: Address | undefined,
  env: NodeJS.ProcessEnv = process.env,
): string[] {
  const config = file === undefined ? [] : ['-c', quote(resolve(file))];
  const fromEnvironment = Boolean(env['RECODEX_MONITOR_WEBSOCKET_URI']);
  return page && fromEnvironment ? [...config, '--url', quote(baseUrl('ws', page))] : config;
}
