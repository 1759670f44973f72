import { readdirSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

/**
 * Raises the niceness of this process to `niceness` (at most 19), so that other processes get the cores first. Does nothing
 * for 0, and when the niceness is already as high. A new thread inherits the niceness of the thread that starts it.
 */
export function lowerPriority(niceness: number): void {
  if (niceness === 0 || getPriority() >= niceness) return;
  for (const id of threadIds()) {
    try {
      setPriority(id, niceness);
    } catch {
      // The thread has ended, or the system forbids the call. The niceness stays as it is.
    }
  }
}

// On Linux each thread has its own niceness (setpriority(2)), and the helper threads of V8 are already running. On other
// systems the niceness belongs to the process.
function threadIds(): number[] {
  try {
    return readdirSync('/proc/self/task').map(Number);
  } catch {
    return [process.pid];
  }
}
