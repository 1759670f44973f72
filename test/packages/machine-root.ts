import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('make-machine-root.sh', import.meta.url));

/** Makes the root file system of the machines before the tests, unless it exists. */
export default function setUp(): void {
  machineRoot();
}

/** The folder with the root file system of a machine. */
export function machineRoot(): string {
  if (process.getuid?.() !== 0) throw new Error('test/packages boots machines, so it needs root');
  return execFileSync('bash', [SCRIPT], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
}
