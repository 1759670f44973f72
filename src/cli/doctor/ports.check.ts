import type { Settings } from '../../config/settings.js';
import type { DoctorCheck } from './doctor-context.js';
import { broken, fine, suspicious } from './finding.js';
import { describeHolder, portHolder, type PortHolder } from './port-holder.js';

const KEYS = ['websocket_uri', 'zeromq_uri', 'admin_uri'] as const;

interface HeldPort {
  readonly key: (typeof KEYS)[number];
  readonly port: number;
  readonly holder: PortHolder | undefined;
}

/** The daemon holds its ports, and no other program does. */
export const checkPorts: DoctorCheck = ({ settings, daemon, isLocal }) => {
  if (!isLocal || process.platform !== 'linux') return undefined;
  const ports = configuredPorts(settings);
  const held = ports.filter(({ holder }) => holder !== undefined);
  if (daemon.kind === 'silent') {
    if (held.length === 0) return fine(`the ports ${ports.map(({ port }) => port).join(', ')} are free`);
    return broken(
      held.map(describePort).join('; '),
      'If this is not the monitor, stop it, or give the monitor another port. If it is the monitor, it hangs or starts: look at its log.',
    );
  }
  // Several processes may share the public port.
  const own = settings.reuseport ? held.filter(({ key }) => key !== 'websocket_uri') : held;
  const pids = new Set(own.map(({ holder }) => holder!.pid));
  if (pids.size > 1)
    return suspicious(
      held.map(describePort).join('; '),
      'Different processes have the ports of one monitor. With systemd sockets that is right; otherwise stop the other program.',
    );
  const missing = ports.filter(({ holder }) => !holder);
  if (daemon.kind === 'unknown' && held.length === 0 && missing.length > 0)
    return broken(
      `nobody listens on ${missing.map(describeKey).join(', ')}: the daemon does not run`,
      'Start it (systemctl start recodex-monitor).',
    );
  if (missing.length > 0 && daemon.kind === 'answers')
    return suspicious(
      `nobody listens on ${missing.map(describeKey).join(', ')}`,
      'The daemon runs with other ports, or in a container or network namespace.',
    );
  return held[0] && fine(`${held.map(({ port }) => port).join(', ')}: ${describeHolder(held[0].holder!)}`);
};

function configuredPorts(settings: Settings): HeldPort[] {
  // In a relay, only the process with the lease binds its ROUTER.
  const keys = settings.relay.url === null ? KEYS : KEYS.filter((key) => key !== 'zeromq_uri');
  return keys.flatMap((key) => {
    const port = settings[key]?.port ?? 0;
    return port === 0 ? [] : [{ key, port, holder: portHolder(port) }];
  });
}

function describeKey({ key, port }: HeldPort): string {
  return `${port} (${key})`;
}

function describePort(port: HeldPort): string {
  return `${describeKey(port)}: ${describeHolder(port.holder!)}`;
}
