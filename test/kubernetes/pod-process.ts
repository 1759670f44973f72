import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { IPod } from 'kubernetes-models/v1';
import { freePorts } from '../fixtures/built-daemon.js';
import type { ObjectStore, StoredObject } from './object-store.js';
import { startOf } from './container-start.js';
import { folderOf, missingObject, mountVolumes, type PodFolders } from './pod-volumes.js';

type PodSpec = NonNullable<IPod['spec']>;

/** What the Pods of a cluster share. */
export interface PodHost {
  readonly store: ObjectStore;
  /** A folder that all users can read. */
  readonly folder: string;
  /** Replaces the addresses of Services by those of this machine. */
  readonly translateServices: (namespace: string, text: string) => string;
}

/** Milliseconds between two probes. The periods of the manifests are for Pods that run for days. */
const PROBE_INTERVAL = 100;

/**
 * A Pod as a process of this machine: the command, arguments, variables, volumes and user of its only container. Its ports and
 * paths are free ones of this machine. The image `recodex-monitor` is the built program; the programs of other images must be
 * installed. A process that ends is not started again.
 */
export class PodProcess {
  isReady = false;
  output = '';
  private child: ChildProcess | undefined;
  private ended: Promise<unknown> = Promise.resolve();
  private isStopped = false;
  private readonly folders: PodFolders;
  private readonly paths: readonly (readonly [path: string, folder: string])[];

  private constructor(
    readonly object: StoredObject,
    private readonly host: PodHost,
    private readonly ports: ReadonlyMap<number, number>,
    private readonly onChange: () => void,
  ) {
    const namespace = object.metadata.namespace!;
    const root = mkdtempSync(join(host.folder, 'pod-'));
    chmodSync(root, 0o755);
    this.folders = {
      store: host.store,
      namespace,
      root,
      claims: join(host.folder, 'claims'),
      translate: (text) => this.translate(text),
    };
    const group = this.spec.securityContext?.fsGroup ?? 0;
    this.paths = (this.container.volumeMounts ?? []).map(({ name, mountPath }) => {
      const volume = this.spec.volumes!.find((each) => each.name === name)!;
      return [mountPath, folderOf(volume, mountPath, group, this.folders)];
    });
  }

  /** @param onChange is called when the Pod runs, when it is ready, and when its process has ended */
  static async create(object: StoredObject, host: PodHost, onChange: () => void): Promise<PodProcess> {
    const { containers } = object.spec as PodSpec;
    const free = Object.values(await freePorts());
    const ports = (containers[0]!.ports ?? []).map(
      ({ containerPort }, index) => [containerPort, free[index]!] as const,
    );
    return new PodProcess(object, host, new Map(ports), onChange);
  }

  /** The port of this machine for a port of the Pod, given by its number or by its name in the container. */
  portOf(port: number | string): number {
    const number =
      typeof port === 'number'
        ? port
        : this.container.ports!.find(({ name }) => name === port)!.containerPort;
    return this.ports.get(number) ?? number;
  }

  /** Starts the process, unless an object of a volume does not exist. */
  tryStart(): void {
    if (this.child || this.isStopped || missingObject(this.spec, this.folders) !== undefined) return;
    mountVolumes(this.spec, this.folders);
    const { runAsUser: uid, runAsGroup: gid } = this.spec.securityContext ?? {};
    const portOf = (port: number): number => this.portOf(port);
    const { command, environment } = startOf(this.container, portOf, (text) => this.translate(text));
    const child = spawn(command[0]!, command.slice(1), {
      env: environment,
      ...(uid !== undefined && { uid }),
      ...(gid !== undefined && { gid }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    this.ended = once(child, 'close').then(() => this.onEnded());
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (data) => (this.output += String(data)));
    this.onChange();
    void this.probeUntilReady();
  }

  /** Ends the process at once with SIGTERM: the stand-in knows no `preStop`. */
  async stop(): Promise<void> {
    this.isStopped = true;
    this.isReady = false;
    if (this.child?.exitCode === null) this.child.kill('SIGTERM');
    await this.ended;
    rmSync(this.folders.root, { recursive: true });
  }

  private get spec(): PodSpec {
    return this.object.spec as PodSpec;
  }

  private get container(): PodSpec['containers'][number] {
    return this.spec.containers[0]!;
  }

  /** A text with the paths, the addresses of Services and the port of Redis on this machine. */
  private translate(text: string): string {
    const [port] = this.ports.values();
    const withPaths = this.paths.reduce(
      (result, [path, folder]) =>
        result.replaceAll(new RegExp(`(?<![\\w.-])${path}(?![\\w.-])`, 'g'), folder),
      text,
    );
    return this.host
      .translateServices(this.folders.namespace, withPaths)
      .replace('redis-server - ', `redis-server - --bind 127.0.0.1 --port ${port} `)
      .replace('redis-cli ', `redis-cli -p ${port} `);
  }

  private onEnded(): void {
    this.isReady = false;
    if (!this.isStopped) this.onChange();
  }

  private async probeUntilReady(): Promise<void> {
    while (!this.isStopped && this.child!.exitCode === null && this.child!.signalCode === null) {
      const isReady = await this.probe();
      if (this.isStopped) return;
      this.isReady = isReady;
      if (isReady) return this.onChange();
      await new Promise((done) => setTimeout(done, PROBE_INTERVAL));
    }
  }

  private async probe(): Promise<boolean> {
    const { httpGet, exec } = this.container.readinessProbe ?? {};
    if (httpGet) {
      const url = `http://127.0.0.1:${this.portOf(httpGet.port)}${httpGet.path}`;
      return fetch(url).then(
        ({ ok }) => ok,
        () => false,
      );
    }
    const [program, ...args] = (exec?.command ?? ['true']).map((word) => this.translate(word));
    const [code] = (await once(spawn(program!, args, { stdio: 'ignore' }), 'close')) as [number | null];
    return code === 0;
  }
}
