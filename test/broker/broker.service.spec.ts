import { ServiceUnavailableException } from '@nestjs/common';
import { EventEmitter2, EventEmitterModule } from '@nestjs/event-emitter';
import { TerminusModule } from '@nestjs/terminus';
import { Test, type TestingModule } from '@nestjs/testing';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { RelayModule } from '../../src/relay/relay.module.js';
import { BrokerModule } from '../../src/broker/broker.module.js';
import { BrokerService } from '../../src/broker/broker.service.js';
import { MESSAGE_SOURCE } from '../../src/broker/message-source.js';
import { ChannelsModule } from '../../src/channels/channels.module.js';
import { ChannelsService } from '../../src/channels/channels.service.js';
import { SettingsModule } from '../../src/config/settings.module.js';
import { defaultSettings, type Settings } from '../../src/config/settings.js';
import { SettingsStore } from '../../src/config/settings.store.js';
import { Admission } from '../../src/gateway/admission.js';
import { HealthController } from '../../src/health/health.controller.js';
import { RecentDelay } from '../../src/health/recent-delay.js';
import { JournalModule } from '../../src/journal/journal.module.js';
import { EXIT_REQUESTED } from '../../src/messages/broker-events.js';
import { PROGRESS } from '../../src/messages/progress-message.js';
import { MemorySource } from '../fixtures/memory-source.js';

const FINISHED = { channelId: 'job', command: 'FINISHED' };

let module: TestingModule;
let source: MemorySource;
let broker: BrokerService;

async function start(settings: Settings = defaultSettings()): Promise<void> {
  source = new MemorySource();
  module = await Test.createTestingModule({
    imports: [
      SettingsModule.forRoot(new SettingsStore(settings)),
      EventEmitterModule.forRoot(),
      TerminusModule.forRoot({ logger: false }),
      BrokerModule,
      ChannelsModule,
      JournalModule,
      RelayModule,
    ],
    controllers: [HealthController],
    providers: [{ provide: Admission, useValue: { state: 'open' } }, RecentDelay],
  })
    .overrideProvider(MESSAGE_SOURCE)
    .useValue(source)
    .compile();
  await module.init();
  broker = module.get(BrokerService);
  await broker.start();
}

afterEach(() => module.close());

describe('BrokerService', () => {
  it('passes the messages of any source to the channels', async () => {
    await start();
    source.sink!.message({ channelId: 'job', command: 'STARTED' }, 0);
    source.sink!.message(FINISHED, 0);
    const channels = module.get(ChannelsService);
    channels.flush();
    expect(channels.summary('job')).toMatchObject({ messages: 2, state: 'finished' });
    expect(broker.counters.received).toBe(2);
  });

  it('counts rejected messages by reason', async () => {
    await start();
    source.sink!.rejected('not_utf8');
    source.sink!.rejected('not_utf8');
    source.sink!.rejected('too_few_frames');
    expect(broker.counters).toMatchObject({
      received: 3,
      rejected: { not_utf8: 2, too_few_frames: 1, message_too_long: 0 },
    });
  });

  it('counts and ignores an exit request by default', async () => {
    await start();
    const exit = vi.fn<() => void>();
    module.get(EventEmitter2).on(EXIT_REQUESTED, exit);
    source.sink!.exitRequested();
    expect(exit).not.toHaveBeenCalled();
    expect(broker.counters).toMatchObject({ received: 1, exitRequestsIgnored: 1 });
  });

  it('emits an exit request that zeromq.remote_exit allows', async () => {
    const settings = defaultSettings();
    settings.zeromq.remote_exit = true;
    await start(settings);
    const exit = vi.fn<() => void>();
    module.get(EventEmitter2).on(EXIT_REQUESTED, exit);
    source.sink!.exitRequested();
    expect(exit).toHaveBeenCalledOnce();
    expect(broker.counters.exitRequestsIgnored).toBe(0);
  });

  it('loses one message, not the source, when a listener throws', async () => {
    await start();
    const listener = vi.fn<() => void>().mockImplementationOnce(() => {
      throw new Error('no');
    });
    module.get(EventEmitter2).on(PROGRESS, listener);
    expect(() => source.sink!.message(FINISHED, 0)).not.toThrow();
    source.sink!.message(FINISHED, 0);
    expect(listener).toHaveBeenCalledTimes(2);
  });

  it('stops its source', async () => {
    await start();
    await broker.stop();
    expect(source.sink).toBeUndefined();
  });
});

describe('readiness', () => {
  it('follows the status of the source', async () => {
    await start();
    const health = module.get(HealthController);
    source.status = { endpoint: 'memory', peers: 2 };
    expect(await health.ready()).toMatchObject({
      details: { router: { status: 'up' }, broker: { status: 'up', connected: true } },
    });
    source.status = { endpoint: null, peers: 0 };
    const failure = await health.ready().catch((error: ServiceUnavailableException) => error.getResponse());
    expect(failure).toMatchObject({
      details: { router: { status: 'down', state: 'not bound' }, broker: { connected: false } },
    });
  });
});
