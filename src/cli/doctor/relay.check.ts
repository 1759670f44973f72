import type { DaemonRelay } from './daemon-status.js';
import type { DoctorCheck } from './doctor-context.js';
import { broken, fine, suspicious } from './finding.js';

/** The daemon has its place in the relay, and its clients have all messages. */
export const checkRelay: DoctorCheck = ({ daemon }) => {
  if (daemon.kind !== 'answers' || !daemon.status.relay) return undefined;
  const { relay } = daemon.status;
  const { role, state, stale, led, buffer_bytes, buffer_limit, lost_messages } = relay;
  const name = `the daemon (${role}, ${state})`;
  if (state === 'away')
    return broken(
      `${name} gets no answer from Redis`,
      `Start Redis.${role === 'edge' ? '' : ' Keep the daemon running: messages that Redis lacks are only in its memory.'}`,
    );
  if (!led)
    return broken(
      `${name} knows of no process with the lease: nobody takes messages`,
      'Start a process with the role ingest or all.',
    );
  if (stale)
    return suspicious(
      `${name} is behind: ${describeDaemonLag(relay)}`,
      'Wait some seconds and ask again. If it stays behind, look at its CPU and at the network to Redis.',
    );
  if (buffer_bytes > buffer_limit / 2)
    return suspicious(
      `${name} has filled ${Math.round((100 * buffer_bytes) / buffer_limit)} % of relay.buffer`,
      'Look why Redis is slow, or raise relay.buffer.',
    );
  if (lost_messages > 0)
    return suspicious(
      `${name} has lost ${lost_messages} messages for clients of other processes since its start`,
      'Redis was away for too long. Raise relay.buffer.',
    );
  return fine(`${name} is up to date: ${describeDaemonLag(relay)}`);
};

function describeDaemonLag({ lag_entries: entries, lag_seconds: seconds }: DaemonRelay): string {
  return `lag ${entries} ${entries === 1 ? 'entry' : 'entries'}, ${seconds} s`;
}
