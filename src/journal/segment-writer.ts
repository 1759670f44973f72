import {
  closeSync,
  fdatasyncSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  rmSync,
  writevSync,
} from 'node:fs';
import { checksumOf, firstChecksum, frameHeaderOf } from './frame.js';
import { segmentHeader } from './segment-header.js';
import { segmentPath, segmentsIn, setAsidePath, surplusDamaged } from './segment-names.js';

/** The calls that can meet a full or broken disk. Tests replace them. */
export interface DiskCalls {
  readonly writevSync: typeof writevSync;
  readonly fdatasyncSync: typeof fdatasyncSync;
}

/** Errors of a file system without room. */
const NO_ROOM: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT']);

/** Writes the segments of a journal. Every method but `abandon` throws the error of the file system. */
export class SegmentWriter {
  private fd: number | undefined;
  private index = 0;
  private checksum = 0;
  private isComplete = false;
  private isDirty = false;
  /** Earlier segments that the reader has found damaged. */
  private damaged: ReadonlySet<number> = new Set();
  private hasSyncedEarlier = false;

  constructor(
    private readonly folder: string,
    private readonly disk: DiskCalls = { writevSync, fdatasyncSync },
  ) {}

  get isOpen(): boolean {
    return this.fd !== undefined;
  }

  /**
   * Closes the current segment and creates another one, durably: after a power loss the journal must not end with an
   * earlier segment. Segments of an earlier process become durable too.
   *
   * @param damaged the segments that the reader has found damaged
   * @param removeEarlier removes all earlier segments, before the new one if there is no room for it
   */
  open(index: number, damaged: readonly number[] = [], removeEarlier = false): void {
    this.sync();
    this.closeFile();
    this.index = index;
    this.isComplete = false;
    this.damaged = new Set([...this.damaged, ...damaged]);
    this.syncEarlier();
    try {
      this.create();
    } catch (error) {
      const hasNoRoom = NO_ROOM.has((error as NodeJS.ErrnoException).code);
      if (!removeEarlier || !hasNoRoom) throw error;
      this.closeFile();
      this.removeEarlier();
      this.create();
    }
    if (removeEarlier) this.removeEarlier();
  }

  /** Writes one frame. */
  write(records: Buffer): void {
    if (this.fd === undefined) return;
    this.isDirty = true;
    this.checksum = checksumOf(records, this.checksum);
    this.writeAll([frameHeaderOf(records, this.checksum), records]);
  }

  /** Makes the written records durable. */
  sync(): void {
    if (this.fd === undefined || !this.isDirty) return;
    this.disk.fdatasyncSync(this.fd);
    this.isDirty = false;
  }

  /** The newest segment contains every channel. Does nothing after `abandon`: then earlier segments are still needed. */
  complete(): void {
    if (this.fd === undefined) return;
    this.sync();
    this.isComplete = true;
    this.removeEarlier();
  }

  /** Makes everything durable and closes the segment. */
  close(): void {
    this.sync();
    this.closeFile();
  }

  /**
   * Gives up the segment after an error. An incomplete segment becomes empty, to free its space. It stays as a file,
   * because the journal must not end with an earlier segment.
   */
  abandon(): void {
    try {
      if (this.fd !== undefined && !this.isComplete) ftruncateSync(this.fd, segmentHeader().length);
    } catch {
      // The disk has failed. The next segment does not depend on this one.
    }
    try {
      this.closeFile();
    } catch {
      // As above.
    }
  }

  // Until the first segment is complete, the journal depends on those of the earlier process, which may have crashed
  // before it could sync them. Tried once: after a failure all channels are copied to a fresh segment.
  private syncEarlier(): void {
    if (this.hasSyncedEarlier) return;
    this.hasSyncedEarlier = true;
    for (const { index, path } of segmentsIn(this.folder)) {
      if (index >= this.index || this.damaged.has(index)) continue;
      const fd = openSync(path, 'r');
      try {
        this.disk.fdatasyncSync(fd);
      } finally {
        closeSync(fd);
      }
    }
  }

  private create(): void {
    this.fd = openSync(segmentPath(this.folder, this.index), 'w', 0o640);
    this.checksum = firstChecksum(this.index);
    this.writeAll([segmentHeader()]);
    fsyncSync(this.fd);
    this.syncFolder();
  }

  /** Removes all earlier segments. Keeps the newest damaged ones under another name. */
  private removeEarlier(): void {
    for (const segment of segmentsIn(this.folder)) {
      if (segment.index >= this.index) continue;
      if (this.damaged.has(segment.index)) renameSync(segment.path, setAsidePath(segment));
      else rmSync(segment.path, { force: true });
    }
    for (const path of surplusDamaged(this.folder)) rmSync(path, { force: true, recursive: true });
    this.damaged = new Set();
    this.syncFolder();
  }

  private closeFile(): void {
    const { fd } = this;
    this.fd = undefined;
    this.isDirty = false;
    if (fd !== undefined) closeSync(fd);
  }

  // A write to a nearly full disk may take only a part of the bytes.
  private writeAll(buffers: Buffer[]): void {
    let rest = buffers;
    while (rest.length > 0) {
      let written = this.disk.writevSync(this.fd!, rest);
      while (rest.length > 0 && written >= rest[0]!.length) written -= rest.shift()!.length;
      if (rest.length > 0) rest = [rest[0]!.subarray(written), ...rest.slice(1)];
    }
  }

  private syncFolder(): void {
    const fd = openSync(this.folder, 'r');
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  }
}
