import { WebSocket } from 'ws';

/** How many groups the clients are pinged in, so that the work is spread over the interval. */
const GROUPS = 20;

/** Pings each client once an interval (seconds) and terminates the ones that did not answer the ping before. */
export class Heartbeat {
  private readonly groups = Array.from({ length: GROUPS }, () => new Set<WebSocket>());
  private readonly unanswered = new Set<WebSocket>();
  private readonly timer: NodeJS.Timeout;
  private current = 0;

  constructor(interval: number) {
    this.timer = setInterval(() => this.beat(), (interval * 1000) / GROUPS).unref();
  }

  /** Watches over a client until it is closed; its first ping comes an interval from now. */
  add(client: WebSocket): void {
    const group = this.groups[this.current]!;
    group.add(client);
    client.on('pong', () => this.unanswered.delete(client));
    client.once('close', () => {
      group.delete(client);
      this.unanswered.delete(client);
    });
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private beat(): void {
    this.current = (this.current + 1) % GROUPS;
    for (const client of this.groups[this.current]!) {
      // What waits in the socket stands before the ping; whether it moves at all is for `limits.lag` to judge.
      if (client.readyState !== WebSocket.OPEN || client.bufferedAmount > 0) continue;
      if (this.unanswered.has(client)) {
        client.terminate();
      } else {
        this.unanswered.add(client);
        client.ping();
      }
    }
  }
}
