import type { Settings } from '../config/settings.js';
import { ConsoleOutput } from './console-output.js';
import type { ConsoleStreams } from './console-streams.js';
import { LogFile } from './log-file.js';
import type { RotatingFileOptions } from './rotating-file.js';

/** Formats a line of the log about itself, with its line end. */
type OwnLineFormat = (level: string, message: string, fields: Record<string, unknown>) => string;

/** The outputs of the log: the console and the log file. Failures of the file are reported on stderr. */
export class LogOutputs {
  private readonly out: ConsoleOutput;
  private readonly err: ConsoleOutput;
  private readonly file: LogFile | undefined;

  /** @param settings all but `file` are read at the time of use, because a reload may change them */
  constructor(
    private readonly settings: Settings['logger'],
    streams: ConsoleStreams,
    private readonly ownLine: OwnLineFormat,
  ) {
    const droppedLine = (lines: number): string =>
      ownLine('warning', 'The console was not read: dropped lines', { lines });
    this.out = new ConsoleOutput(streams.out, droppedLine);
    this.err = new ConsoleOutput(streams.err, droppedLine);
    this.file = settings.file === null ? undefined : this.openFile(settings.file);
  }

  /** Neither the console nor a file is configured. */
  get silent(): boolean {
    return !this.settings.console && !this.file;
  }

  /** Queues one line with its line end. Never blocks and never throws. */
  write(line: string): void {
    if (this.settings.console) this.out.write(line);
    this.file?.write(line);
  }

  /** Resolves when all queued lines are written or lost. */
  async flush(): Promise<void> {
    await Promise.all([this.file?.flush(), this.out.flush(), this.err.flush()]);
  }

  /** Reopens the log file; see `LogFile.reopen`. */
  reopen(): void {
    this.file?.reopen();
  }

  private openFile(path: string): LogFile {
    const report = (level: string, message: string, error?: unknown): void => {
      this.err.write(this.ownLine(level, message, { path, error }));
    };
    const { settings } = this;
    const options: RotatingFileOptions = {
      path,
      get maxSize() {
        return settings['max-size'];
      },
      get rotations() {
        return settings.rotations;
      },
    };
    return new LogFile(options, {
      failed: (error) => report('error', 'The log file cannot be written, logging to the console', error),
      recovered: () => report('info', 'The log file is written again'),
      rotationFailed: (error) => report('error', 'The log file cannot be rotated and keeps growing', error),
      lost: (lines) => {
        if (!this.settings.console) for (const line of lines) this.out.write(line);
      },
    });
  }
}
