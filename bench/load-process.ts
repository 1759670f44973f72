import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { LoadCommandName, LoadCommands, LoadResponse, TargetAddress } from './load/commands.js';

interface PendingCommand {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** A child process with the clients and the publisher, so that the load does not delay the benchmark. */
export class LoadProcess {
  private readonly child: ChildProcess;
  private readonly pending = new Map<number, PendingCommand>();
  private nextId = 0;

  constructor(address: TargetAddress) {
    this.child = fork(new URL('load/load.js', import.meta.url), [JSON.stringify(address)]);
    this.child.on('message', (response: LoadResponse) => this.onResponse(response));
    this.child.on('exit', (code) => {
      for (const { reject } of this.pending.values())
        reject(new Error(`the load process ended with ${code}`));
    });
  }

  /** Rejects when a message was lost, repeated or out of order, or when a close code was wrong. */
  run<K extends LoadCommandName>(name: K, command: LoadCommands[K][0]): Promise<LoadCommands[K][1]> {
    const id = this.nextId++;
    return new Promise<LoadCommands[K][1]>((resolve, reject) => {
      this.pending.set(id, { resolve: (result) => resolve(result as LoadCommands[K][1]), reject });
      this.child.send({ id, name, command });
    });
  }

  /** Kills the process. All its connections are closed afterwards. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exit = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exit;
  }

  private onResponse({ id, result, error }: LoadResponse): void {
    const command = this.pending.get(id);
    this.pending.delete(id);
    if (error === undefined) command?.resolve(result);
    else command?.reject(new Error(error));
  }
}
