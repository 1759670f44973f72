import { statSync } from 'node:fs';
import { errorText } from '../text/error-text.js';
import { type Configuration, loadSettings } from './load.js';
import { ConfigError } from './problem.js';

/** The file and the environment variables of the configuration, as the command line gave them. */
export class ConfigurationSource {
  /** @param file the YAML file; `undefined` for none */
  constructor(
    readonly file: string | undefined,
    private readonly environment: NodeJS.ProcessEnv,
  ) {}

  /** Loads the configuration. Throws a ConfigError that lists all problems. */
  load(): Configuration {
    return loadSettings(this.file, this.environment);
  }

  /**
   * Loads the configuration again, while the monitor runs. Also throws a ConfigError for an empty file, which an editor
   * may be writing at this moment, and for a pipe, which would block the event loop.
   */
  loadAgain(): Configuration {
    const got = this.file === undefined ? undefined : unreadable(this.file);
    if (this.file === undefined || got === undefined) return this.load();
    throw new ConfigError(this.file, [
      { key: '', expected: 'a regular file that is not empty', got, source: this.file },
    ]);
  }
}

/** Why a file can't be read again; `undefined` when it can. */
function unreadable(file: string): string | undefined {
  try {
    const status = statSync(file);
    if (status.isDirectory()) return 'a directory';
    if (!status.isFile()) return 'a pipe or a device';
    return status.size === 0 ? 'an empty file' : undefined;
  } catch (error) {
    return errorText(error);
  }
}
