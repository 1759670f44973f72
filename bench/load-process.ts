import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { AnswerMessage, OrderName, Orders, Wire } from './load/order.js';

/** Watchers and a publisher in a process of their own. */
export class LoadProcess {
  private readonly child: ChildProcess;
  private readonly open = new Map<
    number,
    { resolve: (answer: unknown) => void; reject: (error: Error) => void }
  >();
  private orders = 0;

  constructor(wire: Wire) {
    this.child = fork(new URL('load/load.js', import.meta.url), [JSON.stringify(wire)]);
    this.child.on('message', (message: AnswerMessage) => this.answered(message));
    this.child.on('exit', (code) => {
      for (const { reject } of this.open.values()) reject(new Error(`the load process ended with ${code}`));
    });
  }

  /** Rejects with what was wrong when a message was lost, doubled or out of order, or a close code not as it must be. */
  order<K extends OrderName>(name: K, order: Orders[K][0]): Promise<Orders[K][1]> {
    const id = this.orders++;
    return new Promise<Orders[K][1]>((resolve, reject) => {
      this.open.set(id, { resolve: (answer) => resolve(answer as Orders[K][1]), reject });
      this.child.send({ id, name, order });
    });
  }

  /** All clients are gone afterwards. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exit;
  }

  private answered({ id, answer, error }: AnswerMessage): void {
    const order = this.open.get(id);
    this.open.delete(id);
    if (error === undefined) order?.resolve(answer);
    else order?.reject(new Error(error));
  }
}
