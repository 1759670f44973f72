import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

export const DEMO_HOST = '127.0.0.1';

/** The ports of a monitor. */
export interface MonitorPorts {
  readonly websocket: number;
  readonly zeromq: number;
  readonly admin: number;
}

export const DEFAULT_PORTS: MonitorPorts = { websocket: 4567, zeromq: 7894, admin: 4568 };

/** The preferred ports. Replaces each port that is in use by a free port. */
export async function availablePorts(preferred: MonitorPorts): Promise<MonitorPorts> {
  const [websocket, zeromq, admin] = await Promise.all(
    [preferred.websocket, preferred.zeromq, preferred.admin].map(
      async (port) => (await tryPort(port)) ?? (await tryPort(0)),
    ),
  );
  return { websocket: websocket!, zeromq: zeromq!, admin: admin! };
}

/** The port when it is free, any free port for 0, undefined when it is in use. */
async function tryPort(port: number): Promise<number | undefined> {
  const server = createServer();
  try {
    server.listen(port, DEMO_HOST);
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  } catch {
    return undefined;
  } finally {
    server.close();
  }
}
