import type { Channel } from '../../src/channels/channel.js';
import type { ChannelSummary } from '../../src/channels/channel-summary.js';
import type { ChannelsService } from '../../src/channels/channels.service.js';
import type { Settings } from '../../src/config/settings.js';
import { ChannelRestorer } from '../../src/journal/channel-restorer.js';
import type { JournalService } from '../../src/journal/journal.service.js';
import { JournalWriter, type WriterBounds } from '../../src/journal/journal-writer.js';
import { readRecords } from '../../src/records/records.js';
import { readSegment } from '../../src/journal/segment-reader.js';
import { storedEncoder } from '../../src/messages/stored-encoder.js';
import type { Coverage } from './coverage.js';
import type { SimulatedProcess } from './event-loop.js';
import { SYNC, type DiskLoss, type MemoryDisk } from './memory-disk.js';
import { LONGEST_FLUSH, type Truth } from './truth.js';

/**
 * Milliseconds: messages that were taken before may not be lost. A message waits for its flush, then for the batches of
 * other channels and for the thread, and after that for fdatasync.
 */
const LONGEST_LOSS = { kill: LONGEST_FLUSH + 35, power: LONGEST_FLUSH + 35 + SYNC };

/** The surroundings of the journal of one process. */
interface JournalContext {
  readonly process: SimulatedProcess;
  readonly disk: MemoryDisk;
  readonly bounds: WriterBounds;
  readonly settings: Settings;
  readonly truth: Truth;
  readonly coverage: Coverage;
}

/** The journal without files and threads: the real writer and restorer on a disk in memory. */
export class SimulatedJournal {
  private writer: JournalWriter | undefined;
  private readonly store;

  constructor(
    private readonly context: JournalContext,
    private readonly channels: ChannelsService,
  ) {
    this.store = context.disk.storeOf(context.process);
  }

  /** This object as the class that the lifecycle knows. It uses no other members of it. */
  get asService(): JournalService {
    return this as unknown as JournalService;
  }

  async start(): Promise<void> {
    const { disk, settings, truth, coverage, bounds } = this.context;
    const restorer = new ChannelRestorer(this.channels);
    this.read(restorer);
    const { nextIndex } = disk;
    await this.store.open(nextIndex);
    const isGraceful = restorer.isClosed;
    restorer.finish({ isGraceful, now: Date.now(), retention: settings.retention });
    this.checkRestored(isGraceful);
    let segments = 0;
    this.writer = new JournalWriter(this.channels, this.store, {
      limits: settings.journal,
      bounds,
      onComplete: () => {
        if (++segments > 1) coverage.add('a segment of the journal is replaced');
      },
      onFailed: (reason) => truth.fail(`the journal failed: ${reason}`),
    });
    this.writer.start(nextIndex, disk.bytes);
    this.channels.observe(this.writer);
  }

  async stop(): Promise<void> {
    const channels = [...this.channels.all()].filter(({ retained }) => retained > 0);
    const summaries = channels.map(({ id }) => this.channels.summary(id)!);
    if (this.writer) this.channels.unobserve(this.writer);
    await this.writer?.close();
    await this.store.close();
    // A channel may expire while the older messages are copied.
    this.context.truth.restarts.remember(summaries.filter(({ id }) => this.channels.find(id)));
  }

  /** The process ends now, and loses the newest messages. */
  crash(loss: DiskLoss): void {
    const { truth } = this.context;
    if (!this.writer) {
      // It has not synced what the process before has written.
      if (loss === 'power') truth.restarts.releaseSecured();
      return;
    }
    for (const channel of this.channels.all()) {
      const names = namesOf(channel);
      const last = names.findLastIndex((name) => truth.ageOf(name) > LONGEST_LOSS[loss]);
      if (last < 0) continue;
      truth.restarts.secure(channel.id, {
        name: names[last]!,
        time: channel.timeOf(channel.startSeq + last),
      });
    }
  }

  private read(restorer: ChannelRestorer): void {
    const { disk, truth, coverage } = this.context;
    const sources = disk.sources();
    if (sources.length > 1) coverage.add('a journal of several segments');
    for (const source of sources) {
      const visitor = restorer.segment();
      const segment = { index: source.index, path: `journal-${source.index}` };
      const { state } = readSegment(source, segment, (records) => readRecords(records, visitor));
      if (state === 'torn') coverage.add('a torn write to the journal');
      else if (state !== 'good') truth.fail(`a crash made a segment that counts as ${state}`);
    }
  }

  private checkRestored(isGraceful: boolean): void {
    const { truth, coverage } = this.context;
    for (const channel of this.channels.all()) {
      coverage.add(isGraceful ? 'a channel is restored' : 'a channel is recovered');
      truth.restore(channel.id, namesOf(channel));
    }
    const { finished, idle } = this.context.settings.retention;
    const isExpired = ({ finished_at, updated_at }: ChannelSummary): boolean =>
      Date.now() - Date.parse(updated_at!) >= 1000 * (finished_at ? finished : idle);
    truth.restarts.checkSecured(
      (id) => namesOf(this.channels.find(id)).at(-1),
      ({ time }) => {
        const mayBeExpired = Date.now() - time >= 1000 * Math.min(finished, idle);
        return mayBeExpired || this.channels.counters.evictions > 0;
      },
    );
    truth.restarts.checkRemembered(isGraceful, isExpired, (id) => this.channels.summary(id));
  }
}

function namesOf(channel: Channel | undefined): string[] {
  const names: string[] = [];
  if (!channel) return names;
  for (let seq = channel.startSeq; seq < channel.endSeq;) {
    const { bytes, endSeq } = channel.readStored(seq);
    for (let start = 0; seq < endSeq; seq++) {
      const end = storedEncoder.endOf(bytes, start);
      names.push(storedEncoder.decode(bytes, start, end).taskId!);
      start = end;
    }
  }
  return names;
}
