import { ADVICE } from '../verify/advice.js';
import type { DoctorCheck } from './doctor-context.js';
import { broken, fine, type DoctorFinding } from './finding.js';
import type { StreamProbe } from './stream-probe.js';

/** Milliseconds in which a stream must deliver its first bytes. The monitor sends them at once. */
export const START_TIMEOUT_MS = 5000;
/** Milliseconds in which a refused event stream ends. An EventSource gets the status 200 also when it must come later. */
const REFUSAL_MS = 500;

const CLIENTS_REFUSED =
  'The monitor refuses clients now: a limit is reached, or it restarts. See its log. A process with the role ingest serves no clients: the proxy must lead them to the edges.';

/** A monitor answers at the public URL: the prefix of the path is right. */
export const checkRoute: DoctorCheck = ({ route }) => {
  if (!route) return undefined;
  if (route.problem === undefined) return fine(`a monitor answers at ${route.url}`);
  return broken(
    route.problem,
    'Correct the address, or the path and the target in the proxy, see docs/proxies.md.',
  );
};

/** The proxy forwards the upgrade to a WebSocket. */
export const checkUpgrade: DoctorCheck = async ({ route }) => {
  if (!route?.webSocket) return undefined;
  const start = await route.webSocket.start(START_TIMEOUT_MS);
  return start === 'active' ? fine('a WebSocket opens') : brokenStream(route.webSocket, 'WebSocket', start);
};

/** The proxy forwards events at once. */
export const checkEvents: DoctorCheck = async ({ route }) => {
  if (!route?.events) return undefined;
  const start = await route.events.start(START_TIMEOUT_MS);
  if (start !== 'active') return brokenStream(route.events, 'event stream', start);
  const end = await route.events.endWithin(REFUSAL_MS);
  if (end) return broken(`the event stream ends at once: ${end.reason}`, CLIENTS_REFUSED);
  return fine('Server-Sent Events arrive at once');
};

/** The proxy keeps a connection open between two heartbeats. */
export const checkIdle: DoctorCheck = async ({ route }) => {
  if (!route?.webSocket || !route.events || route.idle === 0) return undefined;
  const streams = { 'the WebSocket': route.webSocket, 'the event stream': route.events };
  const started = await Promise.all(
    Object.entries(streams).map(async ([name, stream]) => ({
      name,
      stream,
      start: await stream.start(START_TIMEOUT_MS),
    })),
  );
  const open = started.filter(({ start }) => start === 'active');
  if (open.length === 0) return undefined;
  const ended = await Promise.all(
    open.map(async ({ name, stream }) => ({
      name,
      stream,
      close: await stream.endWithin(route.idle * 1000),
    })),
  );
  const [cut] = ended.filter(({ close }) => close !== undefined);
  if (!cut)
    return fine(
      `${open.map(({ name }) => name).join(' and ')} stayed open for ${route.idle} s without a message`,
    );
  const text = `${cut.name} was cut after ${Math.round(cut.stream.silence / 1000)} s of silence: ${cut.close!.reason}`;
  return broken(text, ADVICE.cut(text));
};

async function brokenStream(
  stream: StreamProbe,
  name: string,
  start: 'refused' | 'empty' | 'silent',
): Promise<DoctorFinding> {
  if (start === 'refused') {
    const { reason } = await stream.closed;
    return broken(reason, /HTTP (429|503)/.test(reason) ? CLIENTS_REFUSED : ADVICE.refused(reason));
  }
  const text = `the ${name} ${start === 'empty' ? 'opens, but delivers nothing' : 'does not open'} within ${START_TIMEOUT_MS / 1000} s`;
  return broken(text, ADVICE.buffered(text));
}
