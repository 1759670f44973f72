import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';

/** Runs docker in a working directory. @param folder the folder of the engine */
export function dockerIn(folder: string, directory: string, args: readonly string[]): string {
  return execFileSync('docker', args, {
    cwd: directory,
    encoding: 'utf8',
    env: environmentOf(folder),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** What commands find in the environment: the engine, and the programs of the folder. */
export function environmentOf(folder: string): NodeJS.ProcessEnv {
  return {
    PATH: `${join(folder, 'bin')}:${dirname(process.execPath)}:/usr/sbin:/usr/bin:/sbin:/bin`,
    HOME: folder,
    DOCKER_HOST: `unix://${join(folder, 'docker.sock')}`,
    DOCKER_CONFIG: join(folder, 'docker'),
    DOCKER_BUILDKIT: '1',
  };
}
