import { configuredNumber, servesClients } from './daemon-status.js';
import type { DoctorCheck } from './doctor-context.js';
import { fine, suspicious } from './finding.js';

const KEY = 'limits.connections';

/** The daemon may open enough files for all clients. */
export const checkOpenFiles: DoctorCheck = ({ daemon }) => {
  if (daemon.kind !== 'answers' || !servesClients(daemon.status)) return undefined;
  const configured = configuredNumber(daemon.status, KEY);
  const limit = daemon.status.limits.find(({ key }) => key === KEY)?.limit;
  if (configured === undefined || limit === undefined) return undefined;
  if (limit >= configured) return fine(`enough for ${configured} clients`);
  return suspicious(
    `enough for ${limit} of ${configured} clients (${KEY})`,
    `Raise the limit of open files of the daemon (LimitNOFILE= of the unit, ulimit -n), or lower ${KEY}.`,
  );
};
