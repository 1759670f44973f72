/** Everything that a run of many seeds must meet at least once. */
export const REQUIRED = [
  'reset epoch',
  'reset trimmed',
  'resume without reset',
  'close 1000 finished',
  'close 1000 idle',
  'close 1012 restart',
  'close 1013 slow',
  'close 1013 busy',
  'legacy close 1000',
  'legacy close 1000 idle',
  'legacy close 1003 text only',
  'legacy close 1006',
  'legacy close 1008 channel id',
  'legacy close 1008 no channel id',
  'legacy close 1009',
  'legacy close 1012 restart',
  'legacy close 1013 slow',
  'legacy farewell',
  'library end finished',
  'library end idle',
  'library end closed',
  'library end refused',
  'library reset epoch',
  'library reset trimmed',
  'fallback to Server-Sent Events',
  'connection without a sub-protocol',
  'sub-protocol recodex.v2',
  'a watcher continues where another one left',
  'a forged position',
  'refused: restart',
  'refused: busy',
  'status 204',
  'status 404 of a proxy',
  'status 502 of a proxy',
  'a connection to a monitor that is down',
  'a silent connection is replaced',
  'a reconnect after the network is back',
  'the monitor crashes',
  'the monitor stops',
  'the monitor takes messages while it stops',
  'the broker loses messages',
  'the broker restarts',
  'a message on its way is lost',
  'a channel is restored',
  'a channel is recovered',
  'a torn write to the journal',
  'a segment of the journal is replaced',
  'a journal of several segments',
  'a stream continues under another epoch',
  'library continuation',
  'a channel is evicted',
  'a removed channel is joined',
  'a flush waits during a burst',
  'a repeated FINISHED',
  'an attempt is aborted',
  'a job fails',
  'a connection breaks within a frame',
  'a client reads slowly',
  'a half-open link',
  'the machine sleeps',
] as const;

/** The facts that were met. */
export class Coverage {
  private readonly facts = new Map<string, number>();

  /** Facts that are not required are kept, too. */
  add(fact: string): void {
    this.facts.set(fact, (this.facts.get(fact) ?? 0) + 1);
  }

  /** The required facts that were never met. */
  get missing(): string[] {
    return REQUIRED.filter((fact) => !this.facts.has(fact));
  }

  /** The required facts that were met with the number of times, rarest first. */
  get counts(): [string, number][] {
    const isRequired = new Set<string>(REQUIRED);
    return [...this.facts].filter(([fact]) => isRequired.has(fact)).sort(([, one], [, other]) => one - other);
  }
}
