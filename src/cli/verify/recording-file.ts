import { open } from 'node:fs/promises';
import { once } from 'node:events';
import type { WriteStream } from 'node:fs';
import { errorText } from '../../text/error-text.js';
import { CannotVerifyError } from './cannot-verify-error.js';
import type { ItemRecorder } from './stream-watcher.js';

/** A file of NDJSON: one line for each item that a watcher receives. */
export class RecordingFile {
  private failure: Error | undefined;

  private constructor(
    private readonly path: string,
    private readonly stream: WriteStream,
  ) {
    stream.on('error', (error) => (this.failure = error));
  }

  /** Creates the file, or empties it. Rejects with a `CannotVerifyError` if it can't be written. */
  static async create(path: string): Promise<RecordingFile> {
    try {
      const handle = await open(path, 'w');
      return new RecordingFile(path, handle.createWriteStream());
    } catch (error) {
      throw new CannotVerifyError(`cannot write ${path}: ${errorText(error)}`);
    }
  }

  /** A recorder for the watchers of one channel. */
  recorder(channel: string): ItemRecorder {
    return (watcher, item, receivedAt) => {
      const received = Math.round(receivedAt * 1000) / 1000;
      this.stream.write(`${JSON.stringify({ channel, watcher, received, ...item })}\n`);
    };
  }

  /** Resolves when all lines are written. Rejects with a `CannotVerifyError` if a write has failed. */
  async close(): Promise<void> {
    if (!this.failure) {
      this.stream.end();
      await once(this.stream, 'close').catch(() => undefined);
    }
    if (this.failure) throw new CannotVerifyError(`cannot write ${this.path}: ${this.failure.message}`);
  }
}
