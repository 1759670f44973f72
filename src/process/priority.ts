import { readdirSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/**
 * Lets whatever else wants the machine's cores go first, by a niceness up to 19; 0 leaves all as it was started, and so
 * does a niceness below the one it was started with. Threads that start later inherit it from the one that starts them.
 */
export function lowerPriority(niceness: number): void {
  if (niceness === 0 || getPriority() >= niceness) return;
  for (const id of threads()) {
    try {
      setPriority(id, niceness);
    } catch {
      // The thread has ended meanwhile; or the system allows nothing of the kind, and then all stays as it was.
    }
  }
}

// On Linux each thread has a niceness of its own (setpriority(2)), and V8's helpers, which collect and compile, run
// already. Elsewhere it is the process that has one.
function threads(): number[] {
  try {
    return readdirSync('/proc/self/task').map(Number);
  } catch {
    return [process.pid];
  }
}
