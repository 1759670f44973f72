import { CHECK_INTERVAL, SilenceDetector } from './silence-detector.js';
import type { StreamView } from './stream-view.js';
import { onWake, type Wake } from './wake.js';

/** Notices what a connection does not report: silence, a sleep of the computer, the return of the network or of the user. */
export interface Liveness {
  /** The stream has entered a state. @param hasHeartbeats the server sends heartbeats on the live connection */
  enter(view: Readonly<StreamView>, hasHeartbeats: boolean): void;
  /** A message or heartbeat has arrived. @param heartbeatOnly only a heartbeat has arrived */
  activity(heartbeatOnly: boolean): void;
}

/**
 * Milliseconds: a connection with more recent activity survives a wake event. After `online`, no connection survives,
 * because it may belong to another network.
 */
const RECENT: Readonly<Record<Wake, number>> = { online: 0, shown: 5000, focused: 30_000 };

/** The connection counts as dead (`silent`), or it may be dead and the stream should not wait (`woken`). */
export type LoseConnection = (reason: 'silent' | 'woken') => void;

export function createLiveness(lose: LoseConnection): Liveness {
  const silence = new SilenceDetector();
  let timer: ReturnType<typeof setTimeout> | undefined;
  // A timer does not count the time in which the computer sleeps.
  const checkDelay = (retryAt: number): void => {
    const check = (): void => (Date.now() >= retryAt ? lose('woken') : checkDelay(retryAt));
    timer = setTimeout(check, CHECK_INTERVAL);
  };
  const stopListening = onWake((wake) => {
    if (silence.idleTime >= RECENT[wake]) lose('woken');
  });
  return {
    enter({ state, retryAt }, hasHeartbeats) {
      clearTimeout(timer);
      silence.stop();
      if (state === 'ended') stopListening();
      else if (state === 'waiting') checkDelay(retryAt!);
      else silence.start();
      if (state === 'live') silence.open(hasHeartbeats, () => lose('silent'));
    },
    activity: (heartbeatOnly) => silence.activity(heartbeatOnly),
  };
}
