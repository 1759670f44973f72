import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import type { Problem } from './problem.js';

/** Bytes of the largest file that is read: about 10,000 CURVE keys with names. */
const MAX_BYTES = 1024 * 1024;

/** Permissions that a file with a secret must not grant: the group may read, other users may do nothing. */
const FORBIDDEN_MODE = 0o037;

// Without O_NONBLOCK, opening a FIFO would wait for its writer.
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

/** What is wrong with a key file: the parts of a problem of the configuration. */
export class KeyFileFault extends Error {
  override readonly name = 'KeyFileFault';

  constructor(
    readonly expected: string,
    readonly got: string,
  ) {
    super(`expected ${expected}, got ${got}`);
  }
}

/** The content of a file with keys or certificates, and who may read the file. */
export class KeyFile {
  private constructor(
    readonly bytes: Buffer,
    private readonly stats: Stats,
  ) {}

  /** Reads a file. Throws a `KeyFileFault`. */
  static read(path: string): KeyFile {
    let fd: number | undefined;
    try {
      fd = openSync(path, FLAGS);
      const stats = fstatSync(fd);
      demandSmallFile(stats);
      return new KeyFile(readFileSync(fd), stats);
    } catch (error) {
      throw faultOf(error);
    } finally {
      if (fd !== undefined) closeSync(fd);
    }
  }

  /**
   * Like `read`, but does not block the event loop: for files that are read again and again while the monitor runs. Rejects
   * with a `KeyFileFault`.
   */
  static async load(path: string): Promise<KeyFile> {
    let handle: FileHandle | undefined;
    try {
      handle = await open(path, FLAGS);
      const stats = await handle.stat();
      demandSmallFile(stats);
      return new KeyFile(await handle.readFile(), stats);
    } catch (error) {
      throw faultOf(error);
    } finally {
      await handle?.close();
    }
  }

  get text(): string {
    return this.bytes.toString('utf8');
  }

  /**
   * Throws a `KeyFileFault` if other users have access to the secret in the file. The group may read it, because a service
   * with its own user reads a file of root in this way, and so does a container.
   */
  requireSecret(): void {
    const mode = this.stats.mode & 0o777;
    if ((mode & FORBIDDEN_MODE) === 0) return;
    throw new KeyFileFault(
      'a secret that only its owner and its group can read (chmod 640 or 600)',
      `mode ${mode.toString(8).padStart(4, '0')}`,
    );
  }
}

/** Reads a key file for a command. Throws an error that names the file and what is wrong with it. */
export function readKeyFile<T>(path: string, read: (file: KeyFile) => T): T {
  try {
    return read(KeyFile.read(path));
  } catch (error) {
    if (error instanceof KeyFileFault) throw new Error(`${path}: ${error.message}`, { cause: error });
    throw error;
  }
}

/** Lists what is wrong with the key file of a configuration key; nothing without a file. */
export function keyFileProblems(
  key: string,
  path: string | null,
  parse: (file: KeyFile) => unknown,
): Problem[] {
  if (path === null) return [];
  try {
    parse(KeyFile.read(path));
    return [];
  } catch (error) {
    if (!(error instanceof KeyFileFault)) throw error;
    return [{ key, expected: error.expected, got: error.got, source: path }];
  }
}

function demandSmallFile(stats: Stats): void {
  if (!stats.isFile()) throw new KeyFileFault('a regular file', 'a directory or a device');
  if (stats.size > MAX_BYTES)
    throw new KeyFileFault(`a file of at most ${MAX_BYTES} bytes`, `${stats.size} bytes`);
}

function faultOf(error: unknown): KeyFileFault {
  if (error instanceof KeyFileFault) return error;
  return new KeyFileFault('a file that can be read', (error as NodeJS.ErrnoException).code ?? String(error));
}
