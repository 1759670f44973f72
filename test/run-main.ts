import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

// The built command as a user starts it; `npm test` builds it first.
const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));

/** A run of the built command that keeps what it prints. */
export interface Run {
  readonly child: ChildProcess;
  readonly exit: Promise<number | null>;
  out: string;
  err: string;
  /** Resolves as soon as the standard output matches; rejects when the command ends before. */
  printed(pattern: RegExp): Promise<RegExpExecArray>;
}

/** Runs the built command with free ports, without the variables of the one who tests. */
export function runMain(args: string[], env: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: {
      PATH: process.env['PATH'],
      RECODEX_MONITOR_WEBSOCKET_URI: '127.0.0.1:0',
      RECODEX_MONITOR_ZEROMQ_URI: '127.0.0.1:0',
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const run: Run = {
    child,
    out: '',
    err: '',
    exit: once(child, 'close').then(([code]) => code as number | null),
    async printed(pattern) {
      for (;;) {
        const found = pattern.exec(run.out);
        if (found) return found;
        const ended = run.exit.then((code) => {
          throw new Error(`Ended with ${code} before it printed ${pattern}: ${run.out}${run.err}`);
        });
        await Promise.race([once(child.stdout, 'data'), ended]);
      }
    },
  };
  child.stdout.on('data', (data) => (run.out += String(data)));
  child.stderr.on('data', (data) => (run.err += String(data)));
  return run;
}
