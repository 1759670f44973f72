import type { Logger } from '@nestjs/common';
import type { BrokerCounters } from './broker-counters.js';
import { FilePoll } from './file-poll.js';
import { admitsAll } from './peer-gate.js';
import type { SenderRules } from './worker-protocol.js';
import { readCurveClients, readCurveKey } from '../config/curve-files.js';
import type { CurveKeyPair } from '../config/curve-key.js';
import type { Settings } from '../config/settings.js';
import { errorText } from '../text/error-text.js';

/** The groups of the settings that say who may send what. */
export type SenderSettings = Readonly<Pick<Settings, 'zeromq' | 'limits' | 'retention'>>;

/** The keys of the monitor and the rules for senders. Reads the rules again when they change. */
export class SenderAccess {
  /** The rules in effect. */
  rules: SenderRules;
  /** The CURVE keys of the monitor; `null` without CURVE. */
  readonly keys: CurveKeyPair | null;
  private readonly enforced: boolean;
  private readonly clientsFile: FilePoll | undefined;
  private onRules: ((rules: SenderRules) => void) | undefined;

  /** Reads the files. Throws an error for the operator, with the key, when a file can't be used. */
  constructor(
    private readonly settings: SenderSettings,
    private readonly counters: BrokerCounters,
    private readonly logger: Logger,
  ) {
    const { key, clients: path } = settings.zeromq.curve;
    this.clientsFile = path === null ? undefined : new FilePoll(path);
    this.keys = key === null ? null : naming('zeromq.curve.key', () => readCurveKey(key));
    this.rules = this.read();
    this.enforced = !admitsAll(this.rules.access);
    const { clients } = this.rules.access;
    if (this.keys && clients)
      logger.log({ message: 'CURVE is on', public_key: this.keys.publicKey, clients: clients.length });
  }

  /** Calls `onRules` after each change, until `unwatch`. */
  watch(onRules: (rules: SenderRules) => void): void {
    this.onRules = onRules;
    this.clientsFile?.start(() => this.onFileChanged());
  }

  unwatch(): void {
    this.onRules = undefined;
    this.clientsFile?.stop();
  }

  /** Reads the rules again. Throws an error for the operator when they can't take effect; see `MessageSource.reload`. */
  reload(): void {
    const next = this.read();
    // libzmq takes the options of the ROUTER when it is bound.
    if (!this.enforced && !admitsAll(next.access))
      throw new Error('zeromq.allow: restart the monitor to set the first list of addresses');
    const before = this.rules.access.clients;
    const after = next.access.clients;
    this.rules = next;
    this.onRules?.(next);
    if (before && after && !isSame(before, after))
      this.logger.log({ message: 'The allowed CURVE clients have changed', clients: after.length });
  }

  private onFileChanged(): void {
    try {
      this.reload();
    } catch (error) {
      this.counters.clientsReadFailures++;
      this.logger.error({
        message: 'The allowed CURVE clients are unchanged, because their file is not usable',
        reason: errorText(error),
      });
    }
  }

  private read(): SenderRules {
    const { zeromq, limits, retention } = this.settings;
    const { clients } = zeromq.curve;
    return {
      access: {
        networks: zeromq.allow,
        clients:
          clients === null
            ? null
            : naming('zeromq.curve.clients', () => [...readCurveClients(clients).keys()]),
      },
      quotas: {
        ...zeromq.quotas,
        finished: retention.finished * 1000,
        idle: retention.idle * 1000,
        channel_bytes: limits.channel_bytes,
        remembered: limits.channels,
      },
    };
  }
}

/** Puts the key of the configuration before an error. */
function naming<T>(key: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Error(`${key}: ${errorText(error)}`, { cause: error });
  }
}

function isSame(before: readonly string[], after: readonly string[]): boolean {
  return before.length === after.length && after.every((key) => before.includes(key));
}
