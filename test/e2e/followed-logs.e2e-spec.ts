import { beforeEach, expect, it } from 'vitest';
import { ChannelsService } from '../../src/channels/channels.service.js';
import { storedEncoder } from '../../src/messages/stored-encoder.js';
import { setUpMonitor } from '../fixtures/set-up-monitor.js';

const running = setUpMonitor();

let channels: ChannelsService;
let id: string;

beforeEach(() => {
  channels = running.monitor.app.get(ChannelsService);
  id = running.freshId();
});

/** Applies a log with one message, as another process has written it. */
function followLog(epoch: string, seq: number, command: string): void {
  channels.followed.startLog({ channelId: id, epoch, seq }, seq);
  const entry = { channelId: id, epoch, seq, time: 0, message: { command } };
  const bytes = Buffer.from(storedEncoder.encode(entry), 'latin1');
  channels.followed.addMessages(id, { seq, bytes, times: [0], summarizedTo: 0 }, 0);
}

it('a legacy client reconnects when its list starts over', async () => {
  followLog('e', 1, 'STARTED');
  const client = running.connectLegacy(id);
  expect(await client.received(1)).toEqual(['{"command": "STARTED"}']);
  followLog('f', 1, 'DOWNLOADED');
  expect(await client.closed).toEqual({ code: 1013, reason: 'slow' });
  expect(client.frames).toHaveLength(1);
  expect(await running.connectLegacy(id).received(1)).toEqual(['{"command": "DOWNLOADED"}']);
});

it('a channel stays when its only client leaves as a log without its first messages arrives', async () => {
  const client = await running.connectLegacy(id).roundTrip();
  channels.follow();
  followLog('e', 5, 'ENDED');
  expect((await client.closed).code).toBe(1013);
  expect(channels.summary(id)?.position).toBe('e-5');
  expect(await running.connectLegacy(id).received(1)).toEqual(['{"command": "ENDED"}']);
  channels.lead(true);
});
