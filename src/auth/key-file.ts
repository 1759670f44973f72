import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs';

/** Bytes of the largest key file: some dozens of keys. */
const MAX_BYTES = 256 * 1024;

/** Permissions of others than the owner, and of the group alone. */
const ANYONE_ELSE = 0o077;
const GROUP_READS = 0o040;

const ROOT = 0;

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

/** The content of a key file, and who may read the file. */
export class KeyFile {
  private constructor(
    readonly bytes: Buffer,
    private readonly stats: Stats,
  ) {}

  /** Reads a file. Throws a `KeyFileFault`. */
  static read(path: string): KeyFile {
    const fd = openKeyFile(path);
    try {
      const stats = fstatSync(fd);
      if (!stats.isFile()) throw new KeyFileFault('a regular file', 'a directory or a device');
      if (stats.size > MAX_BYTES)
        throw new KeyFileFault(`a file of at most ${MAX_BYTES} bytes`, `${stats.size} bytes`);
      return new KeyFile(readFileSync(fd), stats);
    } finally {
      closeSync(fd);
    }
  }

  get text(): string {
    return this.bytes.toString('utf8');
  }

  /**
   * Throws a `KeyFileFault` if other users can read the secret in the file. The group may read a file of root, because a
   * service with its own user reads its secrets in this way, and so does a container.
   */
  requireSecret(): void {
    const { mode, uid } = this.stats;
    const permitted = uid === ROOT ? GROUP_READS : 0;
    if ((mode & ANYONE_ELSE & ~permitted) === 0) return;
    throw new KeyFileFault(
      'a secret that only its owner can read (chmod 600), or root and a group (chmod 640)',
      `mode ${(mode & 0o7777).toString(8).padStart(4, '0')}`,
    );
  }
}

// Opening a FIFO would wait for its writer.
function openKeyFile(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw new KeyFileFault('a file that can be read', (error as NodeJS.ErrnoException).code ?? String(error));
  }
}
