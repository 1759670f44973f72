import { execFileSync } from 'node:child_process';

/** The programs of the suite, and the Debian package of each. */
const PROGRAMS: Readonly<Record<string, string>> = {
  dockerd: 'docker.io',
  slirp4netns: 'slirp4netns',
  mmdebstrap: 'mmdebstrap',
  ip: 'iproute2',
  iptables: 'iptables',
};

/** Throws an error that says what to install, when this machine can't run the engine. */
export function requireMachine(): void {
  if (process.platform !== 'linux' || process.arch !== 'x64' || process.getuid!() !== 0)
    throw new Error('The container engine of the tests needs root on Linux on x64.');
  const missing = Object.entries(PROGRAMS).filter(([program]) => !isInstalled(program));
  if (missing.length > 0)
    throw new Error(`Run: apt-get install ${missing.map(([, name]) => name).join(' ')}`);
}

function isInstalled(program: string): boolean {
  try {
    execFileSync('which', [program], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
