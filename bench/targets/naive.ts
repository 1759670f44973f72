import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../root.js';
import { DaemonProcess, listens } from './daemon-process.js';
import { freePorts } from './free-ports.js';
import type { Needs, Server, Target } from './target.js';

/** Seconds between two pings, as everywhere. */
const PING = 20;

/** The usual way to write a relay: `../naive-relay.ts`. */
export const naive: Target = {
  name: 'naive',
  version: `one send per message: ws ${version('ws')}, zeromq ${version('zeromq')}`,
  async start(needs) {
    return startOn(await freePorts(2), needs);
  },
};

async function startOn(ports: number[], needs: Needs): Promise<Server> {
  const [feedPort, watchPort] = ports as [number, number];
  const relay = fileURLToPath(new URL('../naive-relay.js', import.meta.url));
  const process = new DaemonProcess('node', [relay, ...ports.map(String), String(needs.pingSeconds ?? PING)]);
  return {
    target: 'naive',
    process,
    wire: { feed: 'zmtp', feedPort, watchPort, path: '/', legacy: true },
    readyAfter: await process.ready(() => listens(watchPort)),
    async restart() {
      await process.stop();
      return startOn(ports, needs);
    },
  };
}

function version(name: string): string {
  const manifest = readFileSync(new URL(`node_modules/${name}/package.json`, ROOT), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
