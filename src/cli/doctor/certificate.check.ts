import { loadTlsIdentity } from '../../config/tls-identity.js';
import type { DoctorCheck } from './doctor-context.js';
import { broken, fine, suspicious } from './finding.js';

const DAY = 86_400_000;
/** Most programs renew 30 days before the end. */
const WARNING_DAYS = 14;

/** The certificates of the daemon and of the public URL are valid for a while. */
export const checkCertificate: DoctorCheck = async ({ settings, isLocal, route }) => {
  // The check of the configuration reports files that are wrong.
  const identity = isLocal ? await loadTlsIdentity(settings.tls).catch(() => undefined) : undefined;
  const ends: [string, number | undefined][] = [
    [`${settings.tls.cert}`, identity?.validTo],
    ['the public URL', await route?.certificateEnd()],
  ];
  const [first] = ends
    .flatMap(([name, end]) => (end === undefined ? [] : [{ name, end }]))
    .toSorted((a, b) => a.end - b.end);
  if (!first) return undefined;
  const days = Math.floor((first.end - Date.now()) / DAY);
  const text = `the certificate of ${first.name} ends ${new Date(first.end).toISOString().slice(0, 10)}`;
  if (days < 0) return broken(`${text}: it has expired`, 'Renew it, and reload the server that uses it.');
  if (days < WARNING_DAYS)
    return suspicious(`${text}, in ${days} days`, 'Renew it, and reload the server that uses it.');
  return fine(text);
};
