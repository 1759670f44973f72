import { isDeepStrictEqual } from 'node:util';
import { KeySet } from '../../auth/key-set.js';
import { checkFiles } from '../../config/check-files.js';
import { settingKeys, valueAt } from '../../config/keys.js';
import { printableSettings } from '../../config/print.js';
import { ConfigError } from '../../config/problem.js';
import { warningLine } from '../../config/warning.js';
import { errorText } from '../../text/error-text.js';
import type { DoctorCheck, DoctorContext } from './doctor-context.js';
import { broken, fine, suspicious } from './finding.js';

const MAX_NAMED_KEYS = 5;

/** The file is valid, and the running daemon has the same values. */
export const checkConfiguration: DoctorCheck = async (context) => {
  const { configuration } = context;
  const correct = 'Correct it, and run check-config. The other checks use the default settings.';
  if (configuration instanceof ConfigError) return broken(errorText(configuration), correct);
  const name = configuration.file ?? 'the default configuration';
  try {
    await checkFiles(configuration);
    KeySet.load(configuration.settings.auth.keys, configuration.file ?? 'environment');
  } catch (error) {
    return broken(
      errorText(error),
      'Correct the file. If only the user of the daemon may read it, run doctor as root.',
    );
  }
  const different = differentKeys(context);
  if (different.length > 0)
    return suspicious(
      `the running daemon has other values of ${different.slice(0, MAX_NAMED_KEYS).join(', ')}${different.length > MAX_NAMED_KEYS ? ', ...' : ''}`,
      'If it uses this file, reload it (systemctl reload recodex-monitor), or restart it. Otherwise give its file with -c.',
    );
  const [warning] = configuration.warnings;
  if (warning) return suspicious(warningLine(warning).replace('warning: ', ''), 'Change the configuration.');
  return fine(`${name} is valid`);
};

/** The keys that differ between the file and the daemon. A listener on any free port has another port. */
function differentKeys({ daemon, settings, isLocal }: DoctorContext): string[] {
  if (daemon.kind !== 'answers' || !isLocal) return [];
  const own: unknown = JSON.parse(JSON.stringify(printableSettings(settings)));
  return settingKeys
    .filter(({ path }) => !isDeepStrictEqual(valueAt(own, path), valueAt(daemon.status.configuration, path)))
    .map(({ name }) => name);
}
