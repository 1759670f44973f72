import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('engine.sh', import.meta.url));
const NAMESPACES = ['--net', '--mount', '--mount-proc', '--pid', '--fork', '--kill-child'];

/** A dockerd in namespaces of its own: the ports, the firewall and the containers of this machine stay as they are. It needs root. */
export class EngineProcess {
  private constructor(
    private readonly engine: ChildProcess,
    private readonly network: ChildProcess,
    /** The first process in the namespaces. */
    readonly pid: number,
  ) {}

  /** Resolves when the engine answers. It listens at `docker.sock` in the folder. */
  static async start(folder: string): Promise<EngineProcess> {
    const engine = spawn('unshare', [...NAMESPACES, 'sh', SCRIPT, folder], {
      stdio: ['pipe', 'ignore', 'pipe'],
    });
    const lines = createInterface(engine.stderr);
    const log: string[] = [];
    for await (const line of lines) {
      log.push(line);
      if (line.includes('API listen on')) break;
    }
    engine.stderr.resume();
    if (!log.at(-1)?.includes('API listen on'))
      throw new Error(`expected dockerd to listen, got:\n${log.join('\n')}`);
    const { pid: parent } = engine;
    const pid = Number(readFileSync(`/proc/${parent}/task/${parent}/children`, 'utf8').trim());
    return new EngineProcess(engine, await connectNetwork(pid), pid);
  }

  /** Ends the engine and all containers. */
  async stop(): Promise<void> {
    const ended = once(this.engine, 'exit');
    this.engine.stdin!.end();
    await ended;
    this.network.kill();
  }
}

/** Gives the namespace a way to the network of this machine, without an interface or a rule on the machine. */
async function connectNetwork(pid: number): Promise<ChildProcess> {
  // slirp4netns ends when the pipe to its exit-fd closes: also after a crash of the test.
  const options = ['--configure', '--mtu=65520', '--ready-fd=3', '--exit-fd=4'];
  const network = spawn('slirp4netns', [...options, String(pid), 'tap0'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
  });
  await once(network.stdio[3]!, 'data');
  return network;
}
