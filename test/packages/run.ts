import { execFileSync } from 'node:child_process';

/** The environment of an administrator's shell, without the settings of npm and Vitest. */
export const ENVIRONMENT: NodeJS.ProcessEnv = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C.UTF-8',
  DEBIAN_FRONTEND: 'noninteractive',
};

/** Runs a program without a terminal. Returns its output; throws an error with what it printed on stderr. */
export function run(program: string, ...args: string[]): string {
  return execFileSync(program, args, {
    env: ENVIRONMENT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
