import { resolve } from 'node:path';
import type { IPod } from 'kubernetes-models/v1';
import { Dockerfile } from '../containers/dockerfile.js';

type Container = NonNullable<IPod['spec']>['containers'][number];

/** How a container starts on this machine. @param translate changes a text with paths or addresses of the cluster */
export function startOf(
  { image, command = [], args = [], env = [] }: Container,
  portOf: (port: number) => number,
  translate: (text: string) => string,
): { readonly command: readonly string[]; readonly environment: Record<string, string> } {
  const isMonitor = /(^|\/)recodex-monitor(:|$)/.test(image!);
  const entryPoint = isMonitor ? [process.execPath, resolve('dist/main.js')] : command;
  const ofImage = Object.entries(isMonitor ? new Dockerfile().environment : {}).map(([name, value]) => [
    name,
    value.replace(/^\*:(\d+)$/, (_all, port) => `127.0.0.1:${portOf(Number(port))}`),
  ]);
  const ofPod = env.map(({ name, value }) => {
    if (value === undefined) throw new Error(`expected a literal value of the variable ${name}`);
    return [name, translate(value)];
  });
  return {
    command: [...entryPoint, ...args].map((word) => translate(word)),
    environment: { PATH: process.env['PATH']!, ...Object.fromEntries([...ofImage, ...ofPod]) },
  };
}
