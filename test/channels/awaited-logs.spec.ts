import { beforeEach, describe, expect, it } from 'vitest';
import type { ChannelsService } from '../../src/channels/channels.service.js';
import { storedEncoder } from '../../src/messages/stored-encoder.js';
import { createChannelsService } from '../fixtures/create-channels-service.js';
import { RecordingSink } from '../fixtures/recording-sink.js';

/** What a client has seen elsewhere. */
const POSITION = { epoch: 'e', seq: 2 };

let channels: ChannelsService;
let sink: RecordingSink;

beforeEach(() => {
  channels = createChannelsService();
  channels.follow();
  sink = new RecordingSink();
  channels.subscribe('job', sink, POSITION);
});

/** Applies a log with some messages, as the process that leads has written it. */
function followLog(epoch: string, ...commands: string[]): void {
  channels.followed.startLog({ channelId: 'job', epoch, seq: 1 }, 1);
  const encoded = commands.map((command, index) =>
    storedEncoder.encode({ channelId: 'job', epoch, seq: index + 1, time: 0, message: { command } }),
  );
  const bytes = Buffer.from(encoded.join(''), 'latin1');
  channels.followed.addMessages('job', { seq: 1, bytes, times: commands.map(() => 0), summarizedTo: 0 }, 0);
  channels.flush();
}

describe('a client with a position', () => {
  it('waits for a log that is not here yet', () => {
    followLog('e', 'DOWNLOADED', 'STARTED', 'ENDED');
    expect(sink.commands).toEqual(['ENDED']);
    expect(sink.events).toEqual([]);
  });

  it('gets no message that it has, while the log arrives in parts', () => {
    followLog('e', 'DOWNLOADED');
    channels.caughtUp();
    channels.caughtUp();
    expect(sink.messages).toEqual([]);
    followLog('e', 'DOWNLOADED', 'STARTED', 'ENDED');
    expect(sink.commands).toEqual(['ENDED']);
    expect(sink.events).toEqual([]);
  });

  it('is reset when another log comes', () => {
    followLog('f', 'DOWNLOADED');
    expect(sink.events).toEqual(['reset epoch']);
    expect(sink.commands).toEqual(['DOWNLOADED']);
  });

  it('is reset when the process has everything and there is no such log', () => {
    channels.caughtUp();
    expect(sink.events).toEqual([]);
    channels.caughtUp();
    expect(sink.events).toEqual(['reset epoch']);
    followLog('e', 'DOWNLOADED');
    expect(sink.commands).toEqual(['DOWNLOADED']);
    expect(sink.events).toEqual(['reset epoch']);
  });

  it('is reset before this process leads', () => {
    channels.lead(true);
    expect(sink.events).toEqual(['reset epoch']);
  });
});
