/** Seconds of a rate that may come at once. After a restart, all clients behind one NAT come back together. */
export const BURST = 10;

/**
 * A token bucket without a timer, as one number (the generic cell rate algorithm): the time at which everything taken so
 * far is paid back at the permitted rate. The number is a time in seconds; 0 is a full bucket.
 */
export function afterTaking(paidAt: number, amount: number, rate: number, now: number): number {
  return Math.max(paidAt, now) + amount / rate;
}

/** Whether more was taken than the rate permits, with a burst. */
export function isOverdrawn(paidAt: number, now: number): boolean {
  return paidAt - now > BURST;
}
