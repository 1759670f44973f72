import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from '../root.js';
import { answers200, DaemonProcess, listens } from './daemon-process.js';
import { unusedPorts } from './unused-ports.js';
import type { TargetName, TargetOptions, TargetServer, Target } from './target.js';

/** The flags of V8 that `npm start` sets; see docs/adr/0021-v8-flags-before-the-start.md. */
const V8_FLAGS = ['--max-semi-space-size=4', '--no-concurrent-array-buffer-sweeping'];

/** A running monitor. */
export interface MonitorServer extends TargetServer {
  readonly adminPort: number;
}

/** This project's daemon, as `npm start` runs it, with a lower priority than the load process. */
export const ours: Target = {
  name: 'ours',
  version: `recodex-monitor ${manifest().version}`,
  async start(options) {
    return startMonitor('ours', await unusedPorts(3), monitorSettings(options));
  },
};

/** The same with a journal. */
export const oursWithJournal: Target = {
  name: 'journal',
  version: `${ours.version} with a journal`,
  async start(options) {
    const folder = mkdtempSync(join(tmpdir(), 'recodex-monitor-bench-'));
    const variables = { ...monitorSettings(options), RECODEX_MONITOR_JOURNAL_PATH: folder };
    return startMonitor('journal', await unusedPorts(3), variables);
  },
};

/** Starts a monitor on three ports: for clients, for messages, for operators. */
export async function startMonitor(
  target: TargetName,
  ports: number[],
  variables: NodeJS.ProcessEnv,
): Promise<MonitorServer> {
  const [clientPort, feedPort, adminPort] = ports as [number, number, number];
  const main = fileURLToPath(new URL('dist/main.js', ROOT));
  const daemon = new DaemonProcess('node', [...V8_FLAGS, main], {
    ...environment(),
    RECODEX_MONITOR_WEBSOCKET_URI: `127.0.0.1:${clientPort}`,
    RECODEX_MONITOR_ZEROMQ_URI: `127.0.0.1:${feedPort}`,
    RECODEX_MONITOR_ADMIN_URI: `127.0.0.1:${adminPort}`,
    RECODEX_MONITOR_LOGGER_LEVEL: 'warning',
    RECODEX_MONITOR_LOGGER_FILE: 'off',
    RECODEX_MONITOR_PRIORITY_NICENESS: '10',
    ...variables,
  });
  return {
    target,
    process: daemon,
    adminPort,
    address: { feed: 'zmtp', feedPort, clientPort, path: '/', legacy: true },
    // A probe takes CPU time from the starting daemon, so the first probe waits for the listener.
    readyAfter: await daemon.ready(
      async () => (await listens(adminPort)) && answers200(adminPort, '/health/ready'),
    ),
    async restart() {
      await daemon.stop();
      return startMonitor(target, ports, variables);
    },
  };
}

/** The variables for the options of a target. */
export function monitorSettings(options: TargetOptions): NodeJS.ProcessEnv {
  const { pingSeconds, channelMessages, totalBytes, retentionSeconds } = options;
  return {
    ...(retentionSeconds && { RECODEX_MONITOR_RETENTION_FINISHED: String(retentionSeconds) }),
    ...(pingSeconds && { RECODEX_MONITOR_HEARTBEAT_INTERVAL: String(pingSeconds) }),
    ...(channelMessages && { RECODEX_MONITOR_LIMITS_CHANNEL_MESSAGES: String(channelMessages) }),
    ...(totalBytes && {
      RECODEX_MONITOR_LIMITS_CHANNEL_BYTES: String(totalBytes),
      RECODEX_MONITOR_LIMITS_TOTAL_BYTES: String(totalBytes),
    }),
  };
}

// Variables of the shell must not change the result.
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !name.startsWith('RECODEX_MONITOR_')),
  );
}

function manifest(): { version: string } {
  return JSON.parse(readFileSync(new URL('package.json', ROOT), 'utf8')) as { version: string };
}
