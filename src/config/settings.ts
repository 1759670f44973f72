import { z } from 'zod';
import {
  address,
  addressOrOff,
  choice,
  flag,
  isMapping,
  origins,
  pathOrOff,
  resultsUrlOrOff,
  seconds,
  whole,
} from './kinds.js';
import { limits } from './limits.js';

/** Where the original's README says that the log goes; taken when a configuration file leaves `logger.file` out. */
export const LOG_FILE_OF_ORIGINAL = '/var/log/recodex/monitor.log';

const MIB = 1_048_576;
const TIB = MIB * MIB;

/** How Python, syslog and the loggers of Node call the levels. */
const LEVEL_SYNONYMS = {
  silly: 'debug',
  trace: 'debug',
  verbose: 'debug',
  notset: 'debug',
  http: 'info',
  log: 'info',
  notice: 'info',
  information: 'info',
  informational: 'info',
  warn: 'warning',
  err: 'error',
  crit: 'critical',
  fatal: 'critical',
  alert: 'critical',
  emerg: 'critical',
  emergency: 'critical',
  panic: 'critical',
} as const;

const logger = z.strictObject({
  file: pathOrOff({
    about:
      "The log file, created with mode 0640 and opened for appending; a relative path starts at the working directory, which must exist. It may be a FIFO or a device, which is never rotated. `off`: none. When it can't be written, that is said once on stderr, log lines go to the console, and writing is tried again every minute.",
    defaultNote: `\`off\` without a configuration file, \`${LOG_FILE_OF_ORIGINAL}\` with one, as in the original`,
  }),
  level: choice({
    of: ['debug', 'info', 'warning', 'error', 'critical'],
    default: 'info',
    synonyms: LEVEL_SYNONYMS,
    about:
      'The least urgent messages that are logged. The names of Python, syslog and Node loggers are understood, too: `warn`, `err`, `crit`, `fatal`, `notice` and so on. `debug` logs every single progress message, which costs most of the throughput.',
  }),
  'max-size': whole({
    min: 0,
    max: TIB,
    unit: 'bytes',
    default: MIB,
    about: 'The log file is rotated before it grows beyond this. `0`: never.',
  }),
  rotations: whole({
    min: 0,
    max: 1000,
    unit: 'files',
    default: 3,
    about:
      'Old log files that are kept, named `monitor.log.1` (the newest) and so on. `0`: the file is never rotated and grows without bound. Where renaming is not permitted, that is said once and the file grows.',
  }),
  console: flag({
    default: true,
    about:
      'Log to the standard output as well. Lines that its reader does not take are dropped above 1 MiB, and counted. `false`: only to the file.',
  }),
  format: choice({
    of: ['text', 'json'],
    default: 'text',
    about: "How a message is written: the original's line, or one JSON object a line.",
  }),
});

const retention = z.strictObject({
  finished: seconds({
    reloadable: true,
    default: 300,
    orZero: true,
    about:
      'How long the messages of a finished job stay for those who come late. `0`: they are dropped at once. Costs the memory of all jobs that finished within this time.',
  }),
  idle: seconds({
    reloadable: true,
    default: 3600,
    about:
      "A channel without a message for this long is closed and dropped, because a job may die without ever sending FINISHED. It can't be switched off; it must be longer than the longest single task.",
  }),
});

const heartbeat = z.strictObject({
  interval: seconds({
    reloadable: true,
    default: 20,
    about:
      "Clients are pinged this often, and one that has not answered by the next ping is dropped. It can't be switched off. Costs one tiny packet a client each time.",
  }),
});

const shutdown = z
  .strictObject({
    drain: seconds({
      reloadable: true,
      default: 2,
      orZero: true,
      about:
        'The longest time that closing the clients at a shutdown is spread over. The first 4,000 clients are closed at once, the others at 5,000 a second, faster where this time is too short for that. `0`: all at once. At least 1 second below `shutdown.deadline`.',
    }),
    deadline: seconds({
      reloadable: true,
      default: 10,
      about:
        'How long a shutdown may take at most; then the process exits anyway. Keep it below the time that systemd or Kubernetes grants.',
    }),
  })
  // The second is for what comes before and after the pacing: the ROUTER, and clients that do not answer the close.
  .refine(({ drain, deadline }) => !(drain > 0 && drain + 1 > deadline), {
    path: ['drain'],
    error: '0, or at least 1 second less than shutdown.deadline',
    when: isMapping,
  });

const zeromq = z.strictObject({
  remote_exit: flag({
    reloadable: true,
    default: false,
    about:
      'Stop when the message `["0", "exit"]` comes, as the original does: from anyone who can reach the ZeroMQ port. `false`: it is logged and skipped.',
  }),
  heartbeat: seconds({
    default: 30,
    orZero: true,
    about:
      'The link to the broker is pinged this often, and ended when nothing has come for as long again, so that a frozen broker does not count as connected. A broker built with libzmq before 4.2 does not answer pings: then `0`, which sends none. Costs one tiny packet each time.',
  }),
});

const priority = z.strictObject({
  niceness: whole({
    min: 0,
    max: 19,
    unit: 'steps of nice(1)',
    default: 0,
    about:
      'Niceness of the process. `0` leaves it unchanged. With a higher value other processes, such as the broker and the jobs, get the CPU first when all cores are busy: a broker drops messages that it cannot send in time. With a free core the value has no effect. The monitor never lowers the niceness that it was started with. systemd services and containers share the cores by weight instead (`CPUWeight=`, `cpu` requests).',
  }),
});

const legacy = z.strictObject({
  farewell: flag({
    reloadable: true,
    default: false,
    about:
      'Send `{"command": "FINISHED"}` to clients of the original protocol before their stream is ended for good without it: their front end waits for this message. It is the one deviation from the bytes of the original. `false`: such a stream is closed, or stays open, as with the original.',
  }),
  farewell_after: seconds({
    reloadable: true,
    default: 60,
    about:
      'How long a channel must stay silent after FAILED before its clients of the original protocol get the farewell: the broker sends a lone FAILED for a job that no worker can take. Only with `legacy.farewell`.',
  }),
});

const page = z.strictObject({
  results_url: resultsUrlOrOff({
    reloadable: true,
    about:
      'Where people find the results of a job, with `{id}` in the place of its id: `https://recodex.example.org/solutions/{id}`. The page links to it when the monitor knows nothing of a job.',
  }),
});

const health = z.strictObject({
  require_broker: flag({
    reloadable: true,
    default: false,
    about: 'Readiness fails while no broker is connected. `false`: its answer only says so.',
  }),
});

/** The only truth about the configuration: keys, types, ranges, defaults and their documentation. */
export const settingsSchema = z.strictObject({
  websocket_uri: address({
    default: { host: '127.0.0.1', port: 4567 },
    about:
      'Where clients connect: host and port. The host is an IPv4 or IPv6 address, a name that is resolved at the start, or `*` for all addresses of IPv4 and IPv6; an empty host means `*`. A name with several addresses is bound to each of them. Port `0` takes any free one.',
  }),
  zeromq_uri: address({
    default: { host: '127.0.0.1', port: 7894 },
    about:
      'Where the broker connects, in the same form. There is no protection on it: it must not be reachable from outside.',
  }),
  admin_uri: addressOrOff({
    default: { host: '127.0.0.1', port: 4568, optional: true },
    about:
      'Where health and everything else for operators is served, in the same form. It must not be public. `off`: not at all. When the default is taken, by a second monitor on the host, a warning says so and the monitor runs without this listener. A configured address that is taken is an error.',
  }),
  origins: origins({
    reloadable: true,
    about:
      'Web sites whose scripts may read streams and summaries over HTTP (CORS), and that may show the page in a frame: `["https://recodex.example.org"]`, `["https://*.example.org"]` for all subdomains (not for `https://example.org` itself), or `["*"]` for all; in a variable, separated by commas. WebSockets are open to any site, as in the original.',
  }),
  logger: logger.prefault({}).describe('Where and what is logged.'),
  retention: retention.prefault({}).describe('How long channels are kept.'),
  limits: limits
    .prefault({})
    .describe('Everything that grows has a bound. Reaching one never stops the monitor.'),
  heartbeat: heartbeat.prefault({}).describe('How dead clients are found.'),
  shutdown: shutdown
    .prefault({})
    .describe('What happens on SIGTERM, SIGINT and SIGQUIT. A second signal ends the process at once.'),
  zeromq: zeromq.prefault({}).describe('The link to the broker.'),
  priority: priority.prefault({}).describe('Who goes first where all cores are busy.'),
  legacy: legacy.prefault({}).describe('Clients that speak the protocol of the original.'),
  page: page.prefault({}).describe('The page that shows the progress of a job.'),
  health: health.prefault({}).describe('What the health checks mean.'),
});

/** The checked, complete configuration. */
export type Settings = z.output<typeof settingsSchema>;

/** What holds without a file and without environment variables. */
export function defaultSettings(): Settings {
  return settingsSchema.parse({});
}
