import { describe, expect, it } from 'vitest';
import { ChannelRestorer } from '../../src/journal/channel-restorer.js';
import type { LogStartRecord, RecordVisitor } from '../../src/records/records.js';
import { storedEncoder } from '../../src/messages/stored-encoder.js';
import { createChannelsService } from '../fixtures/create-channels-service.js';
import { idsOf } from '../fixtures/journal/recorded-channels.js';
import { RecordingSink } from '../fixtures/recording-sink.js';

const NOW = Date.parse('2026-11-26T12:00:00Z');
const RETENTION = { finished: 300, idle: 3600 };

describe('a channel', () => {
  it('continues with its messages, its epoch and its summary', () => {
    const { channels } = restored(({ segment }) => {
      log(segment, 'a', { epoch: 'e', endSeq: 4 });
      entries(segment, 1, ['DOWNLOADED', 'STARTED', 'TASK']);
      end(segment);
    });
    expect(channels.summary('a')).toMatchObject({ position: 'e-3', state: 'running', partial: false });
    channels.append({ channelId: 'a', command: 'ENDED' });
    channels.flush();
    expect(channels.summary('a')).toMatchObject({ position: 'e-4', messages: 4 });
  });

  it('is counted by the state of its job', () => {
    const { channels } = restored(({ segment }) => {
      log(segment, 'a', { epoch: 'e', endSeq: 2 });
      entries(segment, 1, ['STARTED']);
      log(segment, 'b', { epoch: 'f', endSeq: 3 }, 1);
      entries(segment, 1, ['STARTED', 'FINISHED'], 1);
      end(segment);
    });
    expect(channels.counters.states).toMatchObject({ running: 1, finished: 1, waiting: 0 });
  });

  it('that finished expires with the rest of its retention', () => {
    for (const [seconds, ids] of [
      [299, ['a']],
      [300, []],
    ] as const) {
      const { channels } = restored(
        ({ segment }) => {
          log(segment, 'a', { epoch: 'e' });
          entries(segment, 1, ['FINISHED']);
          end(segment);
        },
        NOW + seconds * 1000,
      );
      expect(idsOf(channels)).toEqual(ids);
    }
  });

  it('that is idle for too long has expired', () => {
    for (const [seconds, ids] of [
      [3599, ['a']],
      [3600, []],
    ] as const) {
      const { channels } = restored(
        ({ segment }) => {
          log(segment, 'a', { epoch: 'e' });
          entries(segment, 1, ['STARTED']);
          end(segment);
        },
        NOW + seconds * 1000,
      );
      expect(idsOf(channels)).toEqual(ids);
    }
  });

  it('is kept when the clock was set back', () => {
    const { channels, result } = restored(({ segment }) => {
      log(segment, 'a', { epoch: 'e' });
      entries(segment, 1, ['FINISHED']);
      end(segment);
    }, NOW - 1e9);
    expect(idsOf(channels)).toEqual(['a']);
    expect(result).toEqual({ channels: 1, messages: 1 });
  });

  it('that was removed is gone, and one that was created again has its new messages only', () => {
    const { channels } = restored(({ segment }) => {
      for (const [ref, id] of ['gone', 'again'].entries()) {
        log(segment, id, { epoch: 'e' }, ref);
        entries(segment, 1, ['STARTED', 'ENDED'], ref);
        segment.removed(id);
      }
      log(segment, 'again', { epoch: 'f' }, 2);
      entries(segment, 1, ['DOWNLOADED'], 2);
      end(segment);
    });
    expect(idsOf(channels)).toEqual(['again']);
    expect(channels.summary('again')).toMatchObject({ position: 'f-1' });
  });

  it('that the newest, complete segment lacks was removed while that segment was written', () => {
    const { channels } = restored(({ segment, next }) => {
      log(segment, 'a', { epoch: 'e' });
      entries(segment, 1, ['STARTED']);
      const second = next();
      log(second, 'b', { epoch: 'f' });
      entries(second, 1, ['STARTED']);
      end(second);
    });
    expect(idsOf(channels)).toEqual(['b']);
  });

  it('without a message is not restored', () => {
    const { channels, result } = restored(({ segment }) => {
      log(segment, 'a', { epoch: 'e', endSeq: 3 });
    });
    expect(result.channels).toBe(0);
    expect([...channels.all()]).toEqual([]);
  });

  it('ignores messages that do not follow the last one, and those of an unknown log', () => {
    const { channels } = restored(({ segment }) => {
      log(segment, 'a', { epoch: 'e' });
      entries(segment, 1, ['STARTED']);
      entries(segment, 3, ['ENDED']);
      entries(segment, 1, ['ENDED']);
      entries(segment, 1, ['ENDED'], 77);
      end(segment);
    });
    expect(channels.summary('a')).toMatchObject({ messages: 1 });
  });
});

describe('a copy that is incomplete', () => {
  it('is replaced by the copy of an earlier segment', () => {
    const { channels } = restored(({ segment, next }) => {
      log(segment, 'a', { epoch: 'e' });
      entries(segment, 1, ['DOWNLOADED', 'STARTED', 'ENDED']);
      log(next(), 'a', { epoch: 'e', endSeq: 5 });
      entries(next.current, 1, ['DOWNLOADED', 'STARTED']);
    });
    expect(channels.summary('a')).toMatchObject({ messages: 3, state: 'running' });
  });

  it('is replaced by the last complete copy, over several crashes', () => {
    const { channels } = restored(({ segment, next }) => {
      log(segment, 'a', { epoch: 'e' });
      entries(segment, 1, ['DOWNLOADED', 'STARTED', 'ENDED']);
      for (let i = 0; i < 3; i++) {
        log(next(), 'a', { epoch: `e${i}`, endSeq: 5 });
        entries(next.current, 1, ['DOWNLOADED']);
      }
    });
    expect(channels.summary('a')).toMatchObject({ messages: 3 });
  });

  it('is used when there is no other, with a summary of its messages', () => {
    const job = {
      state: 'finished' as const,
      attempt: 3,
      completed: 9,
      failed: 0,
      skipped: 0,
      messages: 20,
      startedAt: NOW,
      updatedAt: NOW,
      finishedAt: NOW,
      partial: false,
      attemptOver: false,
    };
    const { channels } = restored(({ segment }) => {
      log(segment, 'a', { epoch: 'e', seq: 10, endSeq: 21, snapshot: { job, predecessors: [] } });
      entries(segment, 10, ['TASK', 'ENDED']);
    });
    expect(channels.summary('a')).toMatchObject({
      state: 'running',
      attempt: 1,
      messages: 2,
      partial: true,
      finished_at: null,
    });
  });

  it('is enough once it has all messages of its beginning', () => {
    const { channels } = restored(({ segment, next }) => {
      log(segment, 'a', { epoch: 'e' });
      entries(segment, 1, ['DOWNLOADED', 'STARTED', 'ENDED']);
      log(next(), 'a', { epoch: 'e', endSeq: 5 });
      entries(next.current, 1, ['DOWNLOADED', 'STARTED', 'ENDED', 'UPLOADED', 'TASK']);
    });
    expect(channels.summary('a')).toMatchObject({ messages: 5 });
  });
});

describe('after a process that did not end gracefully', () => {
  const crashed = (commands: string[]) =>
    restored(({ segment }) => {
      log(segment, 'a', { epoch: 'e' });
      entries(segment, 1, commands);
      segment.complete();
    });

  it('a running channel continues under a new epoch, with lower bounds', () => {
    const { channels } = crashed(['STARTED', 'TASK']);
    const summary = channels.summary('a')!;
    expect(summary).toMatchObject({ messages: 2, partial: true });
    expect(summary.position).toMatch(/^(?!e-)\w+-2$/);
  });

  it('a client continues after the last restored number, and starts over beyond it', () => {
    const { channels } = crashed(['STARTED', 'TASK']);
    const position = channels.summary('a')!.position.split('-')[0];
    expect(eventsAt(channels, 'a', 'e', 1)).toEqual([`continues e-2 as ${position}`]);
    expect(eventsAt(channels, 'a', 'e', 2)).toEqual([`continues e-2 as ${position}`]);
    expect(eventsAt(channels, 'a', 'e', 3)).toEqual(['reset epoch']);
    expect(eventsAt(channels, 'a', 'other', 1)).toEqual(['reset epoch']);
  });

  it('a finished channel keeps its epoch, and its clients get the end', () => {
    const { channels } = crashed(['STARTED', 'FINISHED']);
    expect(channels.summary('a')).toMatchObject({ position: 'e-2', state: 'finished', partial: false });
    expect(eventsAt(channels, 'a', 'e', 2)).toEqual(['close finished']);
  });

  it('each crash adds an epoch, and a client of any of them continues', () => {
    let predecessors = [{ epoch: 'e0', seq: 1 }];
    for (let i = 1; i <= 3; i++) {
      const { channels } = restored(({ segment }) => {
        const snapshot = { job: JOB, predecessors };
        log(segment, 'a', { epoch: `e${i}`, endSeq: 2, snapshot });
        entries(segment, 1, ['STARTED', ...Array.from({ length: i }, () => 'TASK')]);
      });
      const channel = [...channels.all()][0]!;
      predecessors = [...channel.snapshot().predecessors];
      expect(predecessors.map(({ epoch, seq }) => `${epoch}-${seq}`)).toEqual(
        ['e0-1', 'e1-2', 'e2-3', 'e3-4'].slice(0, i + 1),
      );
      for (const { epoch, seq } of predecessors)
        expect(eventsAt(channels, 'a', epoch, seq)).toEqual([
          `continues ${epoch}-${seq} as ${channel.epoch}`,
        ]);
    }
  });
});

describe('the end of the journal is graceful', () => {
  it.each<[string, boolean, (segment: RecordVisitor, next: () => RecordVisitor) => void]>([
    ['after the mark in a complete segment', true, (segment) => end(segment)],
    ['not without any mark', false, (segment) => segment.complete()],
    ['not in an incomplete segment', false, (segment) => segment.closed()],
    ['not when a later segment exists', false, (segment, next) => (end(segment), void next())],
  ])('%s', (_name, expected, write) => {
    const restorer = new ChannelRestorer(createChannelsService());
    write(restorer.segment(), () => restorer.segment());
    expect(restorer.isClosed).toBe(expected);
  });

  it('not without a segment', () => {
    expect(new ChannelRestorer(createChannelsService()).isClosed).toBe(false);
  });
});

it('channels expire and are evicted in the order of their last messages', () => {
  const { channels } = restored(
    ({ segment }) => {
      for (const [ref, id] of ['newest', 'oldest', 'middle'].entries()) {
        log(segment, id, { epoch: 'e' }, ref);
        const time = NOW - { newest: 1, oldest: 3, middle: 2 }[id]!;
        segment.entries(ref, { seq: 1, times: [time], bytes: stored('STARTED') });
      }
      end(segment);
    },
    NOW,
    2,
  );
  expect(idsOf(channels)).toEqual(['middle', 'newest']);
});

const JOB = {
  state: 'running' as const,
  attempt: 1,
  completed: 0,
  failed: 0,
  skipped: 0,
  messages: 1,
  startedAt: NOW,
  updatedAt: NOW,
  finishedAt: null,
  partial: true,
  attemptOver: false,
};

interface Journal {
  readonly segment: RecordVisitor;
  readonly next: (() => RecordVisitor) & { current: RecordVisitor };
}

function restored(write: (journal: Journal) => void, now = NOW, channelLimit = 1000) {
  const channels = createChannelsService({ channels: channelLimit });
  const restorer = new ChannelRestorer(channels);
  const segment = restorer.segment();
  const next = Object.assign(() => (next.current = restorer.segment()), { current: segment });
  write({ segment, next });
  const result = restorer.finish({ isGraceful: restorer.isClosed, now, retention: RETENTION });
  return { channels, result };
}

function log(
  segment: RecordVisitor,
  id: string,
  start: Partial<LogStartRecord> & Pick<LogStartRecord, 'epoch'>,
  ref = 0,
): void {
  segment.log(ref, { id, seq: 1, endSeq: (start.seq ?? 1) + 1, ...start });
}

function entries(segment: RecordVisitor, seq: number, commands: string[], ref = 0): void {
  const bytes = Buffer.concat(commands.map((command) => stored(command)));
  segment.entries(ref, { seq, times: commands.map(() => NOW), bytes });
}

function end(segment: RecordVisitor): void {
  segment.complete();
  segment.closed();
}

function stored(command: string): Buffer {
  const message = { command };
  return Buffer.from(storedEncoder.encode({ channelId: '', epoch: '', seq: 1, time: 0, message }), 'latin1');
}

function eventsAt(
  channels: ReturnType<typeof createChannelsService>,
  id: string,
  epoch: string,
  seq: number,
) {
  const sink = new RecordingSink();
  channels.subscribe(id, sink, { epoch, seq }).close();
  return sink.events;
}
