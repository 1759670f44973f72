import { EventEmitter2 } from '@nestjs/event-emitter';
import { defaultSettings } from '../../src/config/settings.js';
import { RelayService } from '../../src/relay/relay.service.js';
import { beforeEach, expect, it, vi } from 'vitest';
import { LifecycleService } from '../../src/app/lifecycle.service.js';
import type { ChannelsService } from '../../src/channels/channels.service.js';
import { createChannelsService } from '../fixtures/create-channels-service.js';
import { RecordingSink } from '../fixtures/recording-sink.js';

let channels: ChannelsService;
let calls: string[];
let broker: { start: () => Promise<void>; stop: () => Promise<void> };
let connections: { closeAll: () => Promise<void> };
let lifecycle: LifecycleService;

/** A service whose methods only record their calls. */
function recording<T>(name: string, ...methods: (keyof T & string)[]): T {
  const record = (method: string) => async () => void calls.push(`${name}.${method}`);
  return Object.fromEntries(methods.map((method) => [method, record(method)])) as T;
}

beforeEach(() => {
  calls = [];
  channels = createChannelsService();
  broker = recording('broker', 'start', 'stop');
  connections = recording('connections', 'closeAll');
  const others = {
    servers: recording('servers', 'listen', 'close', 'releaseSharedSockets'),
    feed: recording('feed', 'closeAll'),
    journal: recording('journal', 'start', 'stop'),
    publishing: recording('publishing', 'open', 'close'),
    admission: recording('admission', 'open', 'drain'),
    reload: recording('reload', 'open', 'close'),
  };
  lifecycle = new LifecycleService(
    { drain: 0, deadline: 10 },
    others.servers as never,
    others.feed as never,
    connections as never,
    others.journal as never,
    channels,
    broker as never,
    others.publishing as never,
    others.admission as never,
    others.reload as never,
    new RelayService(defaultSettings().relay, channels),
    new EventEmitter2(),
  );
});

it('the journal is restored before the broker is heard, and that before clients come', async () => {
  await lifecycle.start();
  expect(calls).toEqual([
    'journal.start',
    'broker.start',
    'publishing.open',
    'servers.listen',
    'admission.open',
    'reload.open',
  ]);
});

it('clients stay until nothing can arrive any more', async () => {
  await lifecycle.beforeApplicationShutdown();
  expect(calls).toEqual([
    'reload.close',
    'servers.releaseSharedSockets',
    'admission.drain',
    'publishing.close',
    'broker.stop',
    'journal.stop',
    'connections.closeAll',
    'feed.closeAll',
    'servers.close',
  ]);
});

it('each client gets what the broker has sent last, before it is closed', async () => {
  const sink = new RecordingSink();
  channels.subscribe('j', sink);
  vi.spyOn(broker, 'stop').mockImplementation(async () => {
    channels.append({ channelId: 'j', command: 'last' });
  });
  const received = new Promise((resolve) => {
    vi.spyOn(connections, 'closeAll').mockImplementation(async () => resolve([...sink.commands]));
  });
  await lifecycle.beforeApplicationShutdown();
  expect(await received).toEqual(['last']);
});
