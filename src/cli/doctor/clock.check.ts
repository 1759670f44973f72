import type { DoctorCheck } from './doctor-context.js';
import type { ObservedDate } from './daemon-probe.js';
import { broken, fine, suspicious } from './finding.js';

/** Seconds that a header with whole seconds and the way of the answer explain. */
const MAX_SKEW = 3;
const ADVICE = 'Synchronize the clocks of both machines: timedatectl set-ntp true.';

/** The clocks of this machine, of the daemon and of the proxy agree. Tokens and durations need that. */
export const checkClock: DoctorCheck = ({ daemon, route, settings }) => {
  const observed: [string, ObservedDate | undefined][] = [
    ['the daemon', daemon.kind === 'answers' ? daemon.date : undefined],
    ['the public URL', route?.date],
  ];
  const skews = observed.flatMap(([name, date]) =>
    date === undefined ? [] : [{ name, seconds: skewOf(date) }],
  );
  if (skews.length === 0) return undefined;
  const [largest] = skews.toSorted((a, b) => Math.abs(b.seconds) - Math.abs(a.seconds));
  const { name, seconds } = largest!;
  const size = Math.abs(seconds);
  if (size <= MAX_SKEW) return fine(`this machine and ${skews.map((skew) => skew.name).join(' and ')} agree`);
  const text = `the clock of ${name} is ${Math.round(size)} s ${seconds > 0 ? 'ahead of' : 'behind'} this machine`;
  const breaksTokens = settings.auth.keys.length > 0 && size > settings.auth.clock_tolerance;
  return breaksTokens
    ? broken(`${text}: tokens are refused too early or too late`, ADVICE)
    : suspicious(text, ADVICE);
};

// The header has whole seconds: its time is up to a second old.
function skewOf({ server, local }: ObservedDate): number {
  return (server + 500 - local) / 1000;
}
