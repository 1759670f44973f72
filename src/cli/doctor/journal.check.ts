import { accessSync, constants, statfsSync, statSync } from 'node:fs';
import { errorText } from '../../text/error-text.js';
import type { DoctorCheck } from './doctor-context.js';
import { broken, fine, suspicious } from './finding.js';

const MIB = 1024 * 1024;

/** The folder of the journal is there, and its disk has room. */
export const checkJournal: DoctorCheck = ({ settings, daemon, isLocal }) => {
  const state = daemon.kind === 'answers' ? daemon.journal : undefined;
  if (state === 'degraded')
    return broken(
      "the daemon can't write its journal",
      'Its log tells why. Until then a restart forgets the channels.',
    );
  const { path, max_bytes: maxBytes } = settings.journal;
  if (!isLocal) return state === undefined ? undefined : fine(`the journal of the daemon is ${state}`);
  if (path === null) return fine('off: a restart forgets the channels');
  try {
    if (!statSync(path).isDirectory()) return broken(`${path} is no folder`, 'Change journal.path.');
    accessSync(path, constants.R_OK);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EACCES')
      return suspicious(`can't look into ${path}`, 'Run doctor as root, or as the user of the daemon.');
    return broken(`can't use ${path}: ${errorText(error)}`, 'Create the folder for the user of the daemon.');
  }
  const { bavail, bsize } = statfsSync(path);
  const free = bavail * bsize;
  if (free < 64 * MIB)
    return broken(
      `${mebibytes(free)} left on the disk of ${path}`,
      'Make room, or move the journal to another disk.',
    );
  if (free < maxBytes)
    return suspicious(
      `${mebibytes(free)} left on the disk of ${path}, journal.max_bytes is ${mebibytes(maxBytes)}`,
      'Make room, or lower journal.max_bytes.',
    );
  return fine(`${path} has room: ${mebibytes(free)}`);
};

function mebibytes(bytes: number): string {
  return `${Math.floor(bytes / MIB)} MiB`;
}
