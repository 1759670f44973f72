import { parseJobId } from './job-id.js';
import { parseWebUrl } from './monitor-url.js';
import { numberParser } from './number-option.js';

/** Which job is watched. A page's URL also tells where, and may contain more. */
export interface WatchedJob {
  readonly id: string;
  /** The monitor's public URL, with the path prefix of a proxy. Only from a page's URL. */
  readonly base?: string | undefined;
  /** The token in the fragment of a page's URL. */
  readonly token?: string | undefined;
  /** The position after which the stream starts. */
  readonly after?: string | undefined;
  readonly expected?: number | undefined;
}

const URL_START = /^[a-z][a-z\d+.-]*:\/\//i;
/** The URL of a page as some browsers show it: without the scheme. */
const URL_WITHOUT_SCHEME = /^(localhost|[^/]*[.:][^/]*)\/(.*\/)?channels\/[^/]/i;
const CHANNEL_PATH = /^(.*)\/channels\/([^/]+)\/?$/;
const POSITION = /^.+-\d{1,15}$/;
const MAX_TASKS = 1e9;

/** Parses a job id, or the URL of a job's page. Throws an error that does not contain the text: it may have a token. */
export function parseWatchedJob(text: string): WatchedJob {
  if (URL_START.test(text)) return parsePageUrl(text);
  if (URL_WITHOUT_SCHEME.test(text))
    throw new Error("expected https:// or http:// before the address of the job's page.");
  return { id: parseJobId(text) };
}

function parsePageUrl(text: string): WatchedJob {
  const url = parseWebUrl(text);
  const [, prefix, encoded] = CHANNEL_PATH.exec(url.pathname) ?? [];
  if (encoded === undefined)
    throw new Error("expected the URL of a job's page, such as https://example.org/monitor/channels/JOB-ID.");
  const after = url.searchParams.get('after') || undefined;
  if (after !== undefined && !POSITION.test(after))
    throw new Error('expected a position such as b9606d01bb83-2 in ?after=.');
  return {
    id: parseJobId(decode(encoded)),
    base: `${url.protocol}//${credentialsOf(url)}${url.host}${prefix}`,
    token: new URLSearchParams(url.hash.slice(1)).get('token') || undefined,
    after,
    expected: expectedTasksOf(url),
  };
}

// As on the page, an invalid number of tasks is the same as none.
function expectedTasksOf({ searchParams }: URL): number | undefined {
  try {
    return numberParser({ from: 1, to: MAX_TASKS })(searchParams.get('expected') ?? '');
  } catch {
    return undefined;
  }
}

function credentialsOf({ username, password }: URL): string {
  return username === '' ? '' : `${username}${password === '' ? '' : `:${password}`}@`;
}

function decode(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new Error('expected a job id that is encoded for URLs.');
  }
}
