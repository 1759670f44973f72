/** The kinds of faults that `verify` finds. */
export type FaultKind =
  | 'refused'
  | 'silent'
  | 'lost'
  | 'lost-upstream'
  | 'repeated'
  | 'order'
  | 'foreign'
  | 'altered'
  | 'malformed'
  | 'reset'
  | 'unannounced'
  | 'cut'
  | 'unfinished'
  | 'close'
  | 'buffered'
  | 'slow';

const PROXY_PAGE = 'docs/proxies.md';
const REPORT = 'Record the run with --record, and report it: the monitor must never do this.';

/** What an operator can do against each fault. The argument is the text of the fault. */
export const ADVICE: Readonly<Record<FaultKind, (text: string) => string>> = {
  refused: adviceForRefusal,
  silent: () =>
    `The stream opened, and nothing came through. A proxy that buffers without end does this: ${PROXY_PAGE}.`,
  lost: () =>
    'The monitor has numbered these messages, and they did not arrive. Verify again with --url and the address of the monitor itself: if nothing is missing there, the proxy drops data.',
  'lost-upstream': () =>
    'The monitor never got these messages. The connection between the broker and the monitor broke, or the monitor was away longer than the broker keeps messages.',
  repeated: () => `Something between the monitor and the watcher sends data twice. ${REPORT}`,
  order: () => `Something between the monitor and the watcher changes the order. ${REPORT}`,
  foreign: () =>
    `A proxy that caches or mixes responses does this: switch its cache off for this path. ${REPORT}`,
  altered: () => `A proxy that rewrites responses does this: switch filters off for this path. ${REPORT}`,
  malformed: () =>
    'A proxy that adds text to responses does this (an error page, a filter for HTML): switch it off for this path.',
  reset: () =>
    'The monitor forgot messages. It was restarted (then use --restart-tolerant), or limits.channel_messages is too low.',
  unannounced: () => REPORT,
  cut: adviceForCut,
  unfinished: () =>
    'The stream stopped before the job ended. Look at the log of the proxy and of the monitor.',
  close: () =>
    'The messages arrived, but not the end of the stream. A proxy that drops the last bytes does this.',
  buffered: () =>
    `The proxy buffers: it collects messages before it forwards them. Switch response buffering off for this path: ${PROXY_PAGE}.`,
  slow: () =>
    'The way is slow or the machine is busy. Compare with --url and the address of the monitor itself.',
};

function adviceForRefusal(text: string): string {
  const status = Number(/HTTP (\d{3})/.exec(text)?.[1]);
  if (/sub-?protocol/i.test(text)) return 'The proxy removes the header Sec-WebSocket-Protocol: let it pass.';
  if (status === 401 || status === 403)
    return 'The monitor or the proxy asks for a login on this path. A token is given with --token-file; it must include the channels verify-*.';
  if (status === 429 || status === 503)
    return 'A limit is reached, or the monitor restarts. Verify with fewer --jobs and --watchers, or later.';
  if (status === 502 || status === 504)
    return 'The proxy does not reach the monitor: check its target, and that the monitor runs.';
  if (text.startsWith('WebSocket') && status >= 200)
    return `The proxy does not forward the upgrade: it must pass the headers Upgrade and Connection, see ${PROXY_PAGE}.`;
  if (status === 404) return `The path is wrong, or the proxy changes it: see ${PROXY_PAGE}.`;
  return `Check the proxy on the way, see ${PROXY_PAGE}.`;
}

function adviceForCut(text: string): string {
  if (/\b1013\b.*slow/.test(text))
    return 'The watcher was too slow: verify with a lower --rate, or with fewer --watchers.';
  if (/\b1012\b/.test(text)) return 'The monitor was restarted. Use --restart-tolerant if that was intended.';
  if (/\b1008 token\b/.test(text))
    return 'The token expired during the run: use one that is valid for longer, or replace the token in the file of --token-file.';
  const silence = Number(/after (\d+) s of silence/.exec(text)?.[1] ?? 0);
  if (silence > 0)
    return `The proxy closes idle connections. Its timeout must be longer than the heartbeats of the monitor (20 s by default): 60 s is a good value, see ${PROXY_PAGE}.`;
  return 'The proxy or the network ended the connection. The client library resumes, but a front end of the original starts over.';
}
