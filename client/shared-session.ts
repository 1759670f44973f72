import type { ConnectionOutcome } from './end.js';
import { distance, type Item } from './item.js';
import type { TabChannel, TabGlobals, TabLocks } from './tab-globals.js';
import type { SentTabMessage, TabLead, TabMessage, TabNews } from './tab-message.js';
import { TabLeader, type TabStream } from './tab-leader.js';
import type { ConnectionSource } from './transport.js';

/** What a session needs of its tab. */
interface SessionContext extends TabStream {
  readonly signal: AbortSignal;
  readonly channel: TabChannel;
}

/** What a tab does in a session. `behind`: the tab lacks messages of the leader, and fetches them from the server. */
type TabRole = 'asking' | 'behind' | 'following';

/** Milliseconds that a leader may take to answer. A leader that does not answer is frozen, and another tab takes the lock. */
const ANSWER_TIMEOUT = 2000;

/**
 * One connection of a tab that shares. The tab that holds the lock leads: it has the connection, and broadcasts what it
 * receives. The others follow. They wait for the lock, which the browser releases when the leading tab is closed or
 * crashes. A session never changes from following to leading: it ends, and the next session asks again with its position.
 */
export class SharedSession {
  readonly #id = Math.random().toString(36).slice(2);
  readonly #source: ConnectionSource;
  readonly #context: SessionContext;
  /** Aborted when the session is over. Ends all connections, requests and listeners of the session. */
  readonly #over = new AbortController();
  #settle!: (outcome: ConnectionOutcome | undefined) => void;
  #role: TabRole = 'asking';
  /** The id of the leader, and the last position that it has told. */
  #leader: string | undefined;
  #leaderPosition: string | undefined;
  #hasHeartbeats = false;
  /** A leader was heard since the last check. */
  #heard = false;
  /** Questions since a leader was heard. A session starts with one. */
  #unanswered = 1;
  /** Set while this tab leads. */
  #own: TabLeader | undefined;
  #catchUp: AbortController | undefined;

  constructor(source: ConnectionSource, context: SessionContext) {
    this.#source = source;
    this.#context = context;
  }

  /** Runs until the connection ends. `undefined`: the browser forbids locks. */
  async run(locks: TabLocks, name: string): Promise<ConnectionOutcome | undefined> {
    const { signal, channel } = this.#context;
    const outcome = new Promise<ConnectionOutcome | undefined>((resolve) => (this.#settle = resolve));
    const over = { signal: this.#over.signal };
    const page = globalThis as TabGlobals;
    signal.addEventListener('abort', () => this.#finish('closed'), over);
    // A frozen page can't lead, and a page with a lock or a connection can't be kept for the back button.
    page.addEventListener?.('pagehide', () => this.#finish('closed'), over);
    page.document?.addEventListener('freeze', () => this.#finish('closed'), over);
    channel.addEventListener(
      'message',
      (event) => this.#hear((event as { data: SentTabMessage }).data),
      over,
    );
    this.#request(locks, name, over);
    this.#post({ kind: 'hello' });
    const timer = setInterval(() => this.#check(locks, name), ANSWER_TIMEOUT);
    try {
      return await outcome;
    } finally {
      clearInterval(timer);
      channel.close();
    }
  }

  /** Takes the lock of a leader that does not answer. */
  #check(locks: TabLocks, name: string): void {
    if (this.#own) return;
    if (this.#heard) {
      this.#heard = false;
      this.#unanswered = 0;
      // The leader has not heard the question of a tab that still asks.
      if (this.#role === 'asking') this.#post({ kind: 'hello' });
    } else if (this.#unanswered++ === 0) this.#post({ kind: 'hello' });
    else if (this.#role === 'asking') this.#request(locks, name, { steal: true });
    else this.#finish('leader');
  }

  #request(locks: TabLocks, name: string, options: { signal?: AbortSignal; steal?: boolean }): void {
    locks
      .request(name, options, () => this.#lead())
      // Another tab has stolen the lock, or the session is over, or locks are forbidden.
      .catch(({ name: error }: Error) => this.#finish(error === 'AbortError' ? 'leader' : undefined));
  }

  /** Holds the lock until the promise resolves. */
  async #lead(): Promise<void> {
    if (this.#over.signal.aborted || this.#own) return;
    // The leader is gone. All tabs ask again after a random delay, and the first one leads.
    if (this.#role !== 'asking') return this.#finish('leader');
    const leader = (this.#own = new TabLeader(this.#context, this.#post));
    this.#finish(await leader.connect(this.#source, this.#over.signal));
  }

  #hear(message: SentTabMessage): void {
    if (message.kind === 'hello') return this.#own?.announce();
    if (this.#own) return;
    this.#heard = true;
    const leads = message.kind === 'lead';
    if (leads && this.#role === 'asking') this.#leader = message.from;
    // After a theft of the lock, two tabs may lead for a moment. One stream must not mix what they tell.
    if (message.from !== this.#leader) {
      if (leads) this.#finish('leader');
    } else if (leads) this.#compare(message);
    else if (message.kind === 'news') this.#take(message);
    else if (message.kind === 'over' && this.#role === 'following') this.#finish(message.outcome);
  }

  /** Compares the position of this tab with that of the leader. */
  #compare({ position, hasHeartbeats }: TabLead): void {
    this.#leaderPosition = position;
    this.#hasHeartbeats = hasHeartbeats;
    if (this.#hasReached()) this.#follow();
    else if (this.#role === 'asking') this.#fetchMissing();
    // A follower has heard all news of its leader, so it can't be behind.
    else if (this.#role === 'following') this.#finish('invalid');
  }

  #take({ items, heartbeatOnly, position }: TabNews): void {
    this.#leaderPosition = position;
    if (this.#role === 'behind') {
      if (this.#hasReached()) this.#follow();
      return;
    }
    const { listener } = this.#context;
    listener.onActivity(heartbeatOnly);
    try {
      for (const item of items) listener.onItem(item);
      // A broadcast was lost.
      if (!this.#hasReached()) this.#finish('invalid');
    } catch {
      this.#finish('invalid');
    }
  }

  /** What the leader broadcasts from now on comes next, so a connection of this tab is not needed any more. */
  #follow(): void {
    if (this.#role === 'following') return;
    this.#role = 'following';
    this.#catchUp?.abort();
    this.#context.listener.onOpen(this.#hasHeartbeats);
  }

  /** Receives over a connection of this tab what the leader had received before. */
  #fetchMissing(): void {
    this.#role = 'behind';
    const { position, listener } = this.#context;
    const catchUp = (this.#catchUp = new AbortController());
    const { signal } = catchUp;
    this.#over.signal.addEventListener('abort', () => catchUp.abort(), { signal });
    const onItem = (item: Item): void => {
      if (signal.aborted) return;
      listener.onItem(item);
      if (this.#hasReached()) this.#follow();
    };
    void this.#source(position, { ...listener, onItem }, signal).then((outcome) => {
      if (!signal.aborted) this.#finish(outcome);
    });
  }

  #hasReached(): boolean {
    const [own, leader] = [this.#context.position(), this.#leaderPosition];
    return own === leader || distance(leader ?? '', own ?? '') >= 0;
  }

  readonly #post = (message: TabMessage): void => {
    if (!this.#over.signal.aborted) this.#context.channel.postMessage({ ...message, from: this.#id });
  };

  #finish(outcome: ConnectionOutcome | undefined): void {
    this.#settle(outcome);
    this.#over.abort();
  }
}
