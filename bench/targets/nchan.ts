import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DaemonProcess, listens } from './daemon-process.js';
import { unusedPorts } from './unused-ports.js';
import type { TargetOptions, TargetServer, Target } from './target.js';

/** Paths at which distributions install the module. */
const MODULES = ['/usr/lib/nginx/modules', '/usr/lib64/nginx/modules', '/usr/local/libexec/nginx'].map(
  (folder) => join(folder, 'ngx_nchan_module.so'),
);
const PING = 20;

const nginx = spawnSync('nginx', ['-v'], { encoding: 'utf8' });
const module = MODULES.find((path) => existsSync(path));

/** nchan, the C module for nginx, with one worker process, because the monitor is also one process. */
export const nchan: Target = {
  name: 'nchan',
  missing: nginx.error
    ? 'nginx is not installed'
    : module
      ? undefined
      : 'nginx has no nchan module (Debian: libnginx-mod-nchan)',
  version: `nchan in nginx ${/nginx\/([\d.]+)/.exec(nginx.stderr ?? '')?.[1] ?? '?'}, one worker`,
  async start(options) {
    const [port] = (await unusedPorts(1)) as [number];
    return startOn(port, options);
  },
};

async function startOn(port: number, options: TargetOptions): Promise<TargetServer> {
  const folder = mkdtempSync(join(tmpdir(), 'recodex-bench-'));
  const config = join(folder, 'nginx.conf');
  writeFileSync(config, configuration(folder, port, options.pingSeconds ?? PING));
  const process = new Nginx('nginx', ['-p', folder, '-c', config, '-e', join(folder, 'error.log')], folder);
  return {
    target: 'nchan',
    process,
    address: { feed: 'http', feedPort: port, clientPort: port, path: '/sub?id={id}', legacy: false },
    readyAfter: await process.ready(() => listens(port)),
    async restart() {
      await process.stop();
      return startOn(port, options);
    },
  };
}

class Nginx extends DaemonProcess {
  constructor(
    command: string,
    args: readonly string[],
    private readonly folder: string,
  ) {
    super(command, args);
  }

  override async stop(): Promise<void> {
    await super.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function configuration(folder: string, port: number, pingSeconds: number): string {
  const paths = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
load_module ${module};
daemon off;
worker_processes 1;
worker_rlimit_nofile 20000;
pid ${folder}/nginx.pid;
${process.getuid?.() === 0 ? 'user root;' : ''}
events { worker_connections 19000; }
http {
  access_log off;
  ${paths.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
  keepalive_requests 1000000000;
  keepalive_timeout 1h;
  nchan_shared_memory_size 4G;
  nchan_message_buffer_length 1000000;
  nchan_message_timeout 1h;
  server {
    listen 127.0.0.1:${port} backlog=4096;
    location = /pub { nchan_publisher; nchan_channel_id $arg_id; }
    location = /sub {
      nchan_subscriber websocket;
      nchan_channel_id $arg_id;
      nchan_websocket_ping_interval ${pingSeconds};
    }
  }
}
`;
}
