import type { ConfigurationSource } from '../config/configuration-source.js';
import type { Configuration } from '../config/load.js';
import { ConfigError } from '../config/problem.js';
import type { SettingChanges, SettingsStore } from '../config/settings.store.js';
import { errorText } from '../text/error-text.js';
import { ReloadLog } from './reload-log.js';
import { type ReloadCallback, ReloadParts } from './reload-parts.js';
import { ReloadRefusedError } from './reload-refused-error.js';
import type { ReloadReport } from './reload-report.js';

/** Where a reload reads the configuration. */
type ReloadSource = Pick<ConfigurationSource, 'file' | 'loadAgain'>;

/** The result of the newest load of the configuration. The start counts as a load. */
interface ReloadStatus {
  successful: boolean;
  /** When the configuration was last loaded with success, in milliseconds since 1970. */
  succeededAt: number;
}

/**
 * Reads the configuration again while the monitor runs. A valid configuration is applied in one turn of the event loop;
 * then the parts reload. A configuration with a problem changes nothing.
 */
export class ReloadService {
  readonly status: ReloadStatus = { successful: true, succeededAt: Date.now() };
  private readonly log = new ReloadLog();
  private readonly parts = new ReloadParts();
  private state: 'starting' | 'open' | 'stopping' = 'starting';
  private running: Promise<ReloadReport> | undefined;
  /** The reload after the running one. All requests that come meanwhile share it. */
  private next: Promise<ReloadReport> | undefined;

  constructor(
    private readonly store: SettingsStore,
    private readonly source: ReloadSource,
  ) {}

  /**
   * Registers a part of the monitor: `callback` runs at each reload, after the settings were applied. When it throws or
   * rejects, the part must keep its previous state; the report then has the message of the error.
   *
   * @param name for the log and the report; each part has a different name
   * @returns removes the part
   */
  onReload(name: string, callback: ReloadCallback): () => void {
    return this.parts.add(name, callback);
  }

  /** Permits reloads from now on. */
  open(): void {
    if (this.state === 'starting') this.state = 'open';
  }

  /** Refuses reloads from now on. */
  close(): void {
    this.state = 'stopping';
  }

  /**
   * Reloads once. A request during a reload gets the report of the next one, which reads the file after the request.
   * Rejects with a ReloadRefusedError while the monitor starts or stops, and never for another reason.
   *
   * @param cause for the log
   */
  async reload(cause: string): Promise<ReloadReport> {
    this.requireOpen(cause);
    if (this.next) return this.next;
    if (!this.running) return this.begin(cause);
    this.next = this.running.then(() => {
      this.next = undefined;
      this.requireOpen(cause);
      return this.begin(cause);
    });
    return this.next;
  }

  private requireOpen(cause: string): void {
    if (this.state === 'open') return;
    const refusal = new ReloadRefusedError(this.state);
    this.log.refused(refusal, cause);
    throw refusal;
  }

  private begin(cause: string): Promise<ReloadReport> {
    this.log.begin(cause);
    this.running = this.run().then((report) => {
      this.running = undefined;
      this.status.successful = report.successful;
      if (report.successful) this.status.succeededAt = Date.now();
      return report;
    });
    return this.running;
  }

  private async run(): Promise<ReloadReport> {
    const result = this.loadAndApply();
    if (result instanceof ConfigError) {
      const { problems, warnings } = result;
      this.log.invalid(problems);
      return { successful: false, applied: [], need_restart: [], problems, warnings, parts: [] };
    }
    const { applied, needRestart, warnings } = result;
    const parts = await this.parts.reload();
    const successful = parts.every((part) => part.successful);
    const report = { successful, applied, need_restart: needRestart, problems: [], warnings, parts };
    this.log.end(report);
    return report;
  }

  /** Changes nothing when there is a problem. An unexpected error is a problem, too: it must not end the process. */
  private loadAndApply(): (SettingChanges & Pick<Configuration, 'warnings'>) | ConfigError {
    try {
      const { settings, warnings } = this.source.loadAgain();
      return { ...this.store.apply(settings), warnings };
    } catch (error) {
      return error instanceof ConfigError ? error : unexpected(error, this.source);
    }
  }
}

function unexpected(error: unknown, { file = 'environment' }: ReloadSource): ConfigError {
  const problem = { key: '', expected: 'a configuration that can be applied', got: errorText(error) };
  return new ConfigError(file, [{ ...problem, source: file }]);
}
