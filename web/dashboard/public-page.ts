import { channelUrl } from '../../client/url.js';

/** The public page of a job, as far as the dashboard can know its address. */
export interface PublicPage {
  /** Where the page is, or how its address ends. */
  readonly text: string;
  /** Set if the address may work in this browser. */
  readonly href: string | undefined;
  /** What the address lacks. */
  readonly note: string | undefined;
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;
const WILDCARD = /^(0\.0\.0\.0|\[::\])$/;

/**
 * The public page of a channel. Users usually reach the public listener through a proxy whose name the monitor does not
 * know, so a loopback or wildcard address is only a hint.
 * @param listeners the URLs of the public listener @param host the host name in the address of the dashboard
 */
export function publicPage(listeners: readonly string[], id: string, host: string): PublicPage | undefined {
  try {
    const urls = listeners.map((url) => channelUrl(url.replace(/^ws/, 'http'), id));
    const reachable = urls.find(({ hostname }) => !LOOPBACK.test(hostname) && !WILDCARD.test(hostname));
    if (reachable) return { text: reachable.href, href: reachable.href, note: undefined };
    const loopback = urls.find(({ hostname }) => LOOPBACK.test(hostname));
    if (loopback) {
      const href = LOOPBACK.test(host) ? loopback.href : undefined;
      return { text: loopback.href, href, note: 'Only on the machine of the monitor.' };
    }
    const wildcard = urls[0];
    if (!wildcard) return undefined;
    const text = `:${wildcard.port || '80'}${wildcard.pathname}`;
    return { text, href: undefined, note: 'On every address of the monitor’s machine.' };
  } catch {
    return undefined;
  }
}
