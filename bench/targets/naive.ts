import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../root.js';
import { DaemonProcess, listens } from './daemon-process.js';
import { unusedPorts } from './unused-ports.js';
import type { TargetOptions, TargetServer, Target } from './target.js';

/** Seconds between two pings, the same for all targets. */
const PING = 20;

/** A relay with one `send` per message and client: `../naive-relay.ts`. */
export const naive: Target = {
  name: 'naive',
  version: `one send per message: ws ${version('ws')}, zeromq ${version('zeromq')}`,
  async start(options) {
    return startOn(await unusedPorts(2), options);
  },
};

async function startOn(ports: number[], options: TargetOptions): Promise<TargetServer> {
  const [feedPort, clientPort] = ports as [number, number];
  const relay = fileURLToPath(new URL('../naive-relay.js', import.meta.url));
  const process = new DaemonProcess('node', [
    relay,
    ...ports.map(String),
    String(options.pingSeconds ?? PING),
  ]);
  return {
    target: 'naive',
    process,
    address: { feed: 'zmtp', feedPort, clientPort, path: '/', legacy: true },
    readyAfter: await process.ready(() => listens(clientPort)),
    async restart() {
      await process.stop();
      return startOn(ports, options);
    },
  };
}

function version(name: string): string {
  const manifest = readFileSync(new URL(`node_modules/${name}/package.json`, ROOT), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
