import { checkBroker } from './broker.check.js';
import { checkCertificate } from './certificate.check.js';
import { checkClock } from './clock.check.js';
import { checkConfiguration } from './configuration.check.js';
import { checkDaemon } from './daemon.check.js';
import type { DoctorCheck } from './doctor-context.js';
import { checkForwarded } from './forwarded.check.js';
import { checkJournal } from './journal.check.js';
import { checkOpenFiles } from './open-files.check.js';
import { checkPorts } from './ports.check.js';
import { checkRedis } from './redis.check.js';
import { checkRelay } from './relay.check.js';
import { checkEvents, checkIdle, checkRoute, checkUpgrade } from './stream.checks.js';

/** All checks, in the order of the report. */
export const CHECKS: readonly (readonly [name: string, check: DoctorCheck])[] = [
  ['configuration', checkConfiguration],
  ['daemon', checkDaemon],
  ['ports', checkPorts],
  ['broker', checkBroker],
  ['open files', checkOpenFiles],
  ['journal', checkJournal],
  ['redis', checkRedis],
  ['relay', checkRelay],
  ['route', checkRoute],
  ['clock', checkClock],
  ['certificate', checkCertificate],
  ['upgrade', checkUpgrade],
  ['event stream', checkEvents],
  ['client address', checkForwarded],
  ['idle time', checkIdle],
];
