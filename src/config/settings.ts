import { z } from 'zod';
import { hasAdminKeys, isAdminProtected, PROTECTED_ADMIN } from './admin-protection.js';
import { auth } from './auth-settings.js';
import {
  address,
  addressOrOff,
  flag,
  hostNames,
  isMapping,
  networks,
  origins,
  pathOrOff,
  resultsUrlOrOff,
  seconds,
  whole,
} from './kinds.js';
import { limits } from './limits.js';
import { loggerSettings } from './logger-settings.js';
import { hasRelayKeys, relaySettings } from './relay-settings.js';
import { REUSE_PORT, supportsReusePort } from './reuse-port.js';
import { tlsSettings } from './tls-settings.js';
import { zeromqSettings } from './zeromq-settings.js';

const retention = z.strictObject({
  finished: seconds({
    reloadable: true,
    default: 300,
    orZero: true,
    about:
      'How long the messages of a finished job are kept for late clients. `0`: removed at once. Costs the memory of all jobs that finished within this time.',
  }),
  idle: seconds({
    reloadable: true,
    default: 3600,
    about:
      "A channel without a message for this long is closed and removed, because a job may die without FINISHED. Must be longer than the longest single task. This can't be switched off.",
  }),
});

const heartbeat = z.strictObject({
  interval: seconds({
    reloadable: true,
    default: 20,
    about:
      "Interval between pings to each client. A client that has not answered by the next ping is disconnected. Costs one small packet per client and interval. This can't be switched off.",
  }),
});

const shutdown = z
  .strictObject({
    drain: seconds({
      reloadable: true,
      default: 2,
      orZero: true,
      about:
        'The longest time over which a shutdown spreads the closing of clients. The first 4,000 clients are closed at once, the others at 5,000 per second, or faster when this time is too short for that rate. `0`: all at once. Any other value must be at least 1 second less than `shutdown.deadline`.',
    }),
    deadline: seconds({
      reloadable: true,
      default: 10,
      about:
        'The longest time that a shutdown takes. After it, the process exits even if the shutdown is not complete. Keep it below the stop timeout of systemd or Kubernetes.',
    }),
  })
  // The extra second is for the ROUTER, and for clients that don't answer the close.
  .refine(({ drain, deadline }) => !(drain > 0 && drain + 1 > deadline), {
    path: ['drain'],
    error: '0, or at least 1 second less than shutdown.deadline',
    when: isMapping,
  });

const journal = z.strictObject({
  path: pathOrOff({
    defaultNote: 'no journal',
    about:
      'Folder in which the channels are kept, so that a restart continues them. Each monitor needs a folder for itself. `off`: a restart forgets all channels, and clients start over.',
  }),
  sync: seconds({
    default: 1,
    about:
      'Interval at which the journal is made durable (fdatasync). After a power loss the messages of this time may be missing. A crash of the monitor does not lose them. Costs one write to the disk per interval.',
  }),
  max_bytes: whole({
    reloadable: true,
    min: 1024 * 1024,
    max: 1024 ** 4,
    unit: 'bytes',
    default: 1024 ** 3,
    about:
      'The largest size of the journal. It needs twice the bytes of all channels and 64 MiB. Above this limit the monitor logs an error and keeps channels in memory only, until they fit again.',
  }),
});

const priority = z.strictObject({
  niceness: whole({
    min: 0,
    max: 19,
    unit: 'steps of nice(1)',
    default: 0,
    about:
      "Niceness of the process. `0` leaves it unchanged. With a higher value other processes, such as the broker and the jobs, get the CPU first when all cores are busy: a broker drops messages that it can't send in time. With a free core the value has no effect. The monitor never lowers the niceness that it was started with. systemd services and containers share the cores by weight instead (`CPUWeight=`, `cpu` requests).",
  }),
});

const legacy = z.strictObject({
  farewell: flag({
    reloadable: true,
    default: false,
    about:
      'Send `{"command": "FINISHED"}` to clients of the original protocol when their stream ends for good without FINISHED, because their front end waits for that message. This is the only deviation from the bytes of the original. `false`: such a stream is closed or stays open, as in the original.',
  }),
  farewell_after: seconds({
    reloadable: true,
    default: 60,
    about:
      'How long a channel must be silent after FAILED before its clients of the original protocol get this message. The broker sends a lone FAILED for a job that no worker can take. Only with `legacy.farewell`.',
  }),
});

const page = z.strictObject({
  results_url: resultsUrlOrOff({
    reloadable: true,
    about:
      'Web address of the results of a job; `{id}` stands for the job id: `https://recodex.example.org/solutions/{id}`. The page links to it when the job is over, and when the monitor has no message of the job.',
  }),
});

const health = z.strictObject({
  require_broker: flag({
    reloadable: true,
    default: false,
    about:
      'The readiness probe fails while no broker is connected. `false`: the probe reports the broker but does not fail.',
  }),
  max_delay: seconds({
    reloadable: true,
    default: 2,
    orZero: true,
    about:
      'The readiness probe fails when the event loop was blocked for longer than this within the last 10 seconds, so that an overloaded monitor gets no new clients. `0`: the probe reports the delay but does not fail.',
  }),
});

const allKeys = z.strictObject({
  websocket_uri: address({
    default: { host: '127.0.0.1', port: 4567 },
    about:
      'Address for clients: host and port. The host is an IPv4 or IPv6 address, a name that is resolved at the start, or `*` for all IPv4 and IPv6 addresses. An empty host means `*`. When a name has several addresses, the monitor listens on each. Port `0`: any free port.',
  }),
  zeromq_uri: address({
    default: { host: '127.0.0.1', port: 7894 },
    about:
      'Address for the broker, in the same form. Whoever reaches it can send messages to every channel: it must not be reachable from outside. `zeromq.allow` and `zeromq.curve` restrict who may connect.',
  }),
  admin_uri: addressOrOff({
    default: { host: '127.0.0.1', port: 4568, optional: true },
    about:
      'Address for operators, in the same form. It serves the health probes and all other functions for operators. An address other than loopback needs `auth.admin` or `admin_public`. `off`: no such listener. When the default address is in use, for example by a second monitor, the monitor logs a warning and runs without this listener. When a configured address is in use, the start fails.',
  }),
  admin_public: flag({
    default: false,
    about:
      'Other machines may reach the admin listener without a token, because the network decides who reaches it: a published port, a firewall, a NetworkPolicy. `false`: an `admin_uri` that is not a loopback address is a problem of the configuration, unless `auth.admin` is true. The container image sets `true`, because only published ports of a container are reachable.',
  }),
  admin_hosts: hostNames({
    reloadable: true,
    about:
      'Host names under which operators use the admin listener, such as the name of a proxy: `["monitor.example.org"]`, or `["*.example.org"]` for all subdomains. Without `auth.admin`, the listener refuses other names with 421, because a web site can let its own name lead to the listener (DNS rebinding). It always accepts IP addresses, names without dots such as `localhost`, and names below `.localhost`, `.local`, `.internal`, `.svc`, `.test` and `.home.arpa`. `/health/live`, `/health/ready` and `/metrics` answer under every name. In an environment variable, separate names by commas. With `auth.admin` this key has no effect.',
  }),
  origins: origins({
    reloadable: true,
    about:
      'Web sites with scripts that may read streams and summaries over HTTP (CORS), and that may show the page in a frame. `["https://recodex.example.org"]`: this site. `["https://*.example.org"]`: all subdomains, but not `https://example.org` itself. `["*"]`: all sites. In an environment variable, separate origins by commas. When this key is set, WebSockets of other sites are refused with 403; pages of the monitor itself and programs without `Origin` are not. By default, any site may open WebSockets, as in the original.',
  }),
  trusted_proxies: networks({
    reloadable: true,
    default: [],
    about:
      'Proxies that may report the address of their client: `["127.0.0.1/32", "10.0.0.0/24"]`. From these addresses the monitor takes the last address in `X-Forwarded-For` or `Forwarded` that is not itself a trusted proxy. From all other addresses it ignores these headers. When both headers name different clients, the connection counts for the proxy. In an environment variable, separate networks by commas.',
  }),
  proxy_protocol: flag({
    reloadable: true,
    default: false,
    about:
      'Connections from `trusted_proxies` begin with a header of the PROXY protocol (version 1 or 2), which reports the address of the client. A connection without a valid header is closed. `false`: no such header is read.',
  }),
  reuseport: flag({
    default: false,
    about:
      'Other processes on this machine may listen at `websocket_uri` too, and the kernel distributes new connections to all of them. All processes need this key, the same user, and the same channels: [operations.md](operations.md#several-processes-on-one-machine). Needs Node.js 22.12, 23.1 or newer on Linux; otherwise use a proxy. `false`: the start of a second process at this address fails.',
  }),
  logger: loggerSettings.prefault({}).describe('Where and what the monitor logs.'),
  retention: retention.prefault({}).describe('How long channels are kept.'),
  limits: limits
    .prefault({})
    .describe('Everything that grows has a limit. The monitor keeps running when a limit is reached.'),
  heartbeat: heartbeat.prefault({}).describe('Detection of dead clients.'),
  shutdown: shutdown
    .prefault({})
    .describe('Shutdown on SIGTERM, SIGINT and SIGQUIT. A second signal ends the process at once.'),
  zeromq: zeromqSettings.prefault({}).describe('The connection to the broker.'),
  tls: tlsSettings.prefault({}).describe('TLS on the public listener.'),
  journal: journal.prefault({}).describe('Channels on disk, for the next process.'),
  relay: relaySettings.prefault({}).describe('Several processes that show the same channels, through Redis.'),
  priority: priority.prefault({}).describe('CPU priority when all cores are busy.'),
  legacy: legacy.prefault({}).describe('Clients that use the protocol of the original.'),
  page: page.prefault({}).describe('The page that shows the progress of a job.'),
  health: health.prefault({}).describe('Health probes.'),
  auth: auth.prefault({}).describe('Tokens of clients and operators; see [tokens.md](tokens.md).'),
});

/** The schema of the configuration: keys, types, ranges, defaults and documentation are defined only here. */
export const settingsSchema = allKeys
  .refine(isAdminProtected, { path: ['admin_uri'], error: PROTECTED_ADMIN, when: hasAdminKeys })
  .refine(({ proxy_protocol, trusted_proxies }) => !(proxy_protocol && trusted_proxies.length === 0), {
    path: ['proxy_protocol'],
    error: 'false, or the proxies that send the header in trusted_proxies',
    when: isMapping,
  })
  .refine(({ relay, journal: { path } }) => !(relay.url !== null && path !== null), {
    path: ['journal', 'path'],
    error: 'off, because the channels are in Redis (relay.url)',
    when: hasRelayKeys,
  })
  .refine(({ reuseport }) => reuseport !== true || supportsReusePort(), {
    path: ['reuseport'],
    error: REUSE_PORT,
    when: isMapping,
  });

/** The complete, validated configuration. */
export type Settings = z.output<typeof settingsSchema>;

/** The configuration without a file and without environment variables. */
export function defaultSettings(): Settings {
  return settingsSchema.parse({});
}
