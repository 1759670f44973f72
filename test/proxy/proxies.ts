import { snippet } from './snippet.js';
import type { Certificate } from './certificate.js';

/** The files and addresses that the configuration of a proxy contains. */
export interface ProxyPlace extends Certificate {
  /** The directory for the files that the proxy writes. */
  readonly directory: string;
  /** The address of the proxy, `host:port`. */
  readonly address: string;
  /** The address of the monitor, `host:port`. */
  readonly upstream: string;
}

/** How a proxy is configured and started. */
export interface ProxySpec {
  /** The block of docs/proxies.md, and around it the settings of the Debian package. */
  readonly configuration: (place: ProxyPlace) => Promise<string>;
  /** The command that starts the proxy in the foreground. */
  readonly command: (file: string, directory: string) => readonly string[];
}

export type ProxyName = keyof typeof PROXIES;

export const PROXIES = {
  nginx: { configuration: nginx, command: (file, directory) => ['nginx', '-p', directory, '-c', file] },
  /** nginx with a cache for ranges of messages. */
  'nginx with a cache': {
    configuration: nginxWithCache,
    command: (file, directory) => ['nginx', '-p', directory, '-c', file],
  },
  apache2: { configuration: apache, command: (file) => ['apache2', '-D', 'FOREGROUND', '-f', file] },
  caddy: {
    configuration: caddy,
    command: (file) => ['caddy', 'run', '--adapter', 'caddyfile', '--config', file],
  },
  haproxy: { configuration: haproxy, command: (file) => ['haproxy', '-db', '-f', file] },
  /** HAProxy without `X-Forwarded-For`: each connection begins with a header of the PROXY protocol. */
  'haproxy with send-proxy': {
    configuration: haproxyWithHeader,
    command: (file) => ['haproxy', '-db', '-f', file],
  },
} satisfies Record<string, ProxySpec>;

const MONITOR = '127.0.0.1:4567';
const CERTIFICATE = '/etc/ssl/recodex/fullchain.pem';
const KEY = '/etc/ssl/recodex/key.pem';

async function nginx({ directory, address, upstream, certificate, key }: ProxyPlace): Promise<string> {
  const block = await snippet('nginx', {
    'listen 443': `listen ${address}`,
    [MONITOR]: upstream,
    [CERTIFICATE]: certificate,
    [KEY]: key,
  });
  const limits = await snippet('nginx-limits');
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
    daemon off;
    pid ${directory}/nginx.pid;
    error_log stderr;
    ${limits}
    http {
      access_log off;
      ${temporary.map((name) => `${name}_temp_path ${directory}/${name};`).join('\n')}
      ${block}
    }`;
}

async function nginxWithCache(place: ProxyPlace): Promise<string> {
  const zone = await snippet('nginx-cache-zone', { '/var/cache/nginx': place.directory });
  const location = await snippet('nginx-cache', { [MONITOR]: place.upstream });
  return (await nginx(place))
    .replace('access_log off;', (line) => `${line}\n${zone}`)
    .replace('location /monitor/', (start) => `${location}\n${start}`);
}

async function apache({ directory, address, upstream, certificate, key }: ProxyPlace): Promise<string> {
  const block = await snippet('apache2', {
    '*:443': address,
    [MONITOR]: upstream,
    [CERTIFICATE]: certificate,
    [KEY]: key,
  });
  const limits = await snippet('apache2-limits');
  const modules = [
    'mpm_event',
    'authz_core',
    'reqtimeout',
    'socache_shmcb',
    'ssl',
    'http2',
    'proxy',
    'proxy_http',
    'headers',
  ];
  return `
    ServerName recodex.example.org
    ServerRoot ${directory}
    DefaultRuntimeDir ${directory}
    PidFile ${directory}/apache2.pid
    ErrorLog /dev/stderr
    ${modules.map((name) => `LoadModule ${name}_module /usr/lib/apache2/modules/mod_${name}.so`).join('\n')}
    ${process.getuid?.() === 0 ? 'User www-data\nGroup www-data' : ''}
    ${limits}
    RequestReadTimeout header=20-40,minrate=500
    RequestReadTimeout body=10,minrate=500
    Listen ${address}
    ${block}`;
}

async function caddy({ directory, address, upstream, certificate, key }: ProxyPlace): Promise<string> {
  const block = await snippet('caddy', {
    'recodex.example.org': `https://${address}`,
    [MONITOR]: upstream,
    [CERTIFICATE]: certificate,
    [KEY]: key,
  });
  return `
    {
      admin off
      auto_https disable_redirects
      storage file_system ${directory}
    }
    ${block}`;
}

async function haproxy({ address, upstream, both }: ProxyPlace): Promise<string> {
  return await snippet('haproxy', {
    'bind :443': `bind ${address}`,
    [MONITOR]: upstream,
    '/etc/ssl/recodex/haproxy.pem': both,
  });
}

async function haproxyWithHeader(place: ProxyPlace): Promise<string> {
  const [frontend] = (await haproxy(place)).split('\nbackend monitor');
  return `${frontend}\n` + (await snippet('haproxy-proxy-protocol', { [MONITOR]: place.upstream }));
}
