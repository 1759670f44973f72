import { z } from 'zod';
import { flag, isMapping, networksOrOff, pathOrOff, seconds, whole } from './kinds.js';

const MANY = 1_000_000_000;
const TIB = 1024 ** 4;

const curve = z
  .strictObject({
    key: pathOrOff({
      defaultNote: 'no CURVE',
      about:
        'File with the secret CURVE key of the monitor. With this key only senders that use CURVE and have a key in `zeromq.curve.clients` can connect. The broker of ReCodEx has no CURVE and can no longer connect. `recodex-monitor curve-keys` makes the file. Other users must have no access to it, and its group may only read it.',
    }),
    clients: pathOrOff({
      defaultNote: 'no CURVE',
      about:
        'File with the public CURVE keys of the senders that may connect: one key per line, then the name of the sender. `#` starts a comment. A change takes effect within two seconds. A key that is removed can no longer connect; its open connections stay. Required with `zeromq.curve.key`.',
    }),
  })
  .refine(({ key, clients }) => !(key === null && clients !== null), {
    path: ['key'],
    error: 'the path of a file, because zeromq.curve.clients is set',
    when: isMapping,
  })
  .refine(({ key, clients }) => !(clients === null && key !== null), {
    path: ['clients'],
    error: 'the path of a file, because zeromq.curve.key is set',
    when: isMapping,
  });

const quotas = z.strictObject({
  messages_per_second: whole({
    reloadable: true,
    min: 0,
    max: MANY,
    unit: 'messages per second',
    default: 0,
    about:
      'Messages that one sender may send per second. A sender that was silent may send the messages of one second at once. Above this limit its messages are rejected and counted. `0`: no limit.',
  }),
  channels: whole({
    reloadable: true,
    min: 0,
    max: MANY,
    unit: 'channels',
    default: 0,
    about:
      "Channels that one sender may fill at a time. A channel counts until `retention.finished` after FINISHED, or until `retention.idle` after its last message. Above this limit messages for further channels are rejected and counted. Keep it below `limits.channels`, so that one sender can't evict the channels of others. `0`: no limit.",
  }),
  bytes: whole({
    reloadable: true,
    min: 0,
    max: TIB,
    unit: 'bytes',
    default: 0,
    about:
      'Memory that the channels of one sender may take, estimated as for `limits.total_bytes`: their messages, and 3,000 bytes per channel. Above this limit the messages of the sender are rejected and counted, except FINISHED. Keep it below `limits.total_bytes`. `0`: no limit.',
  }),
});

/** The keys of `zeromq`: the port to which the broker and other senders connect. */
export const zeromqSettings = z.strictObject({
  remote_exit: flag({
    reloadable: true,
    default: false,
    about:
      'Stop when the message `["0", "exit"]` arrives, as the original does. Anyone who can reach the ZeroMQ port can send it. `false`: the message is logged and ignored.',
  }),
  heartbeat: seconds({
    default: 30,
    orZero: true,
    about:
      'Interval between pings on the connection to the broker. The connection is closed when nothing arrives for the same time after a ping, so that a frozen broker does not count as connected. `0`: no pings; needed for a broker built with libzmq before 4.2, which does not answer them. Costs one small packet per interval.',
  }),
  allow: networksOrOff({
    reloadable: true,
    about:
      'IP addresses and networks from which the broker and other senders may connect: `["127.0.0.1", "10.0.0.0/8", "fd00::/8"]`. Other addresses are refused and counted, after the TCP connection is open. So a firewall stays the first protection. In an environment variable, separate them by commas. `off`: any address. A reload changes the list. To set the first list, restart the monitor.',
  }),
  curve: curve.prefault({}).describe('Encryption and authentication of senders with CURVE.'),
  quotas: quotas
    .prefault({})
    .describe(
      "Limits for each sender, so that one sender can't push the messages of others out of the memory. A sender is one connection, or all connections with the same ZeroMQ routing id. The limits are for faulty senders: a hostile one can open new connections.",
    ),
});
