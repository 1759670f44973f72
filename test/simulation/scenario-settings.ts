import { defaultSettings, type Settings } from '../../src/config/settings.js';
import type { WriterBounds } from '../../src/journal/journal-writer.js';
import type { NetworkProfile } from './client-network.js';
import type { Random } from './random.js';

/** Settings of a monitor: tight limits and short times in many combinations. */
export function createSettings(random: Random): Settings {
  const settings = defaultSettings();
  Object.assign(settings.limits, {
    channel_messages: random.pick([3, 8, 20, 1000]),
    channel_bytes: random.pick([400, 1_000_000, 1_000_000, 1_000_000]),
    channels: random.pick([1, 2, 100, 100]),
    total_bytes: random.pick([8000, 1_000_000_000, 1_000_000_000]),
    encoded_bytes: random.pick([0, 500, 1_000_000]),
    connections: random.pick([2, 100, 100]),
    subscribe_timeout: 5,
    socket_buffer_bytes: random.pick([1, 200, 2000]),
    lag: random.pick([1, 5, 30]),
  });
  Object.assign(settings.retention, {
    finished: random.pick([0, 1, 10, 300]),
    idle: random.pick([2, 10, 60]),
  });
  settings.heartbeat.interval = random.pick([2, 5, 20]);
  Object.assign(settings.legacy, { farewell: random.chance(0.5), farewell_after: random.pick([1, 5]) });
  settings.shutdown.drain = random.pick([0, 2]);
  return settings;
}

/** Bounds of a journal. Small ones split batches and replace segments often. */
export function createBounds(random: Random): WriterBounds {
  return {
    batch: random.pick([50, 1000, 1_000_000]),
    copySlice: random.pick([50, 300, 100_000]),
    copyQueue: random.pick([100, 1_000_000]),
    queue: 10_000_000,
    segment: random.pick([500, 3000, 1_000_000]),
  };
}

/** The network of a watcher. */
export function createNetwork(random: Random): NetworkProfile {
  const collects = random.chance(0.15);
  const window = random.pick([100, 1000, 10_000]);
  return {
    webSockets: random.weighted({ work: 70, refused: 10, hang: 5, 'without sub-protocols': 15 }),
    whenDown: random.pick(['no connection', 502, 404]),
    window,
    pipe: {
      latency: random.pick([0, 2, 30, 300]),
      splits: random.pick([0, 0.3, 0.7]),
      collects: collects ? random.int(50, Math.min(window, 2000)) : 0,
      hold: collects ? random.int(50, 3000) : 0,
    },
  };
}
