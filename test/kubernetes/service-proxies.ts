import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { IService } from 'kubernetes-models/v1';
import { hasLabels } from './object-selector.js';
import type { ObjectStore, StoredObject } from './object-store.js';
import type { PodProcess } from './pod-process.js';

type ServiceSpec = NonNullable<IService['spec']>;
type ServicePort = NonNullable<ServiceSpec['ports']>[number];

/** A port of this machine for each port of a Service. A connection goes to a random Pod that is ready. */
export class ServiceProxies {
  /** By namespace, name and port of the Service. */
  private readonly servers = new Map<string, Server>();
  private readonly sockets = new Set<Socket>();
  private starting: Promise<unknown> = Promise.resolve();

  constructor(
    store: ObjectStore,
    private readonly pods: () => readonly PodProcess[],
  ) {
    store.onChange(({ plural, type, object }) => {
      if (plural !== 'services') return;
      for (const port of (object.spec as ServiceSpec).ports ?? []) {
        const key = `${object.metadata.namespace}/${object.metadata.name}:${port.port}`;
        if (type === 'DELETED') {
          this.servers.get(key)?.close();
          this.servers.delete(key);
        } else if (!this.servers.has(key)) this.listen(key, object, port);
      }
    });
  }

  /** Resolves when all ports are open. */
  async settled(): Promise<void> {
    await this.starting;
  }

  /** The port of this machine for a port of a Service. */
  portOf(namespace: string, service: string, port: number): number {
    const server = this.servers.get(`${namespace}/${service}:${port}`);
    if (!server)
      throw new Error(`expected the Service ${service} with port ${port} in ${namespace}, got none`);
    return (server.address() as AddressInfo).port;
  }

  /** A text with the addresses of this machine in place of those of Services, such as `redis:6379`. */
  translate(namespace: string, text: string): string {
    const keys = [...this.servers.keys()].filter((key) => key.startsWith(`${namespace}/`));
    return keys.reduce((result, key) => {
      const [address] = key.split('/').slice(1);
      const [name, port] = address!.split(':');
      return result.replaceAll(`//${address}`, `//127.0.0.1:${this.portOf(namespace, name!, Number(port))}`);
    }, text);
  }

  stop(): void {
    for (const server of this.servers.values()) server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private listen(key: string, service: StoredObject, port: ServicePort): void {
    const server = createServer((socket) => this.forward(socket, service, port));
    this.servers.set(key, server);
    this.starting = Promise.all([this.starting, once(server.listen(0, '127.0.0.1'), 'listening')]);
  }

  private forward(socket: Socket, { metadata, spec }: StoredObject, { targetPort, port }: ServicePort): void {
    const { selector = {}, publishNotReadyAddresses = false } = spec as ServiceSpec;
    const endpoints = this.pods().filter(
      ({ object, isReady }) =>
        object.metadata.namespace === metadata.namespace &&
        hasLabels(object, selector) &&
        (isReady || publishNotReadyAddresses),
    );
    const pod = endpoints[Math.floor(Math.random() * endpoints.length)];
    if (!pod) return void socket.destroy();
    const target = connect(pod.portOf(targetPort ?? port), '127.0.0.1');
    for (const [from, to] of [
      [socket, target],
      [target, socket],
    ] as const) {
      this.sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.sockets.delete(from);
        to.destroy();
      });
    }
  }
}
