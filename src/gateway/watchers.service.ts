import { setTimeout } from 'node:timers/promises';
import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import { ChannelsService } from '../channels/channels.service.js';
import type { Settings } from '../config/settings.js';
import { Listeners } from '../listeners/listeners.service.js';
import { RESTART } from './close-codes.js';
import { Heartbeat } from './heartbeat.js';
import type { Watcher } from './watcher.js';

/** Milliseconds between two steps of closing the watchers at a shutdown. */
const DRAIN_STEP = 20;

/** All watchers, whatever they speak: keeps their number within its bound, their lines alive, and sees them out. */
@Injectable()
export class Watchers implements OnApplicationShutdown {
  private readonly heartbeat: Heartbeat;
  private readonly members = new Set<Watcher>();

  constructor(
    config: ConfigService<Settings, true>,
    private readonly channels: ChannelsService,
    private readonly listeners: Listeners,
  ) {
    this.heartbeat = new Heartbeat(config.get('heartbeat.interval', { infer: true }));
  }

  /** Whether `limits.connections` is reached, or what the limit of open files allows. */
  get full(): boolean {
    return this.members.size >= this.listeners.capacity.clients;
  }

  add(watcher: Watcher): void {
    this.members.add(watcher);
    this.heartbeat.add(watcher);
  }

  /** The client is gone: gives up its subscription, too. */
  remove(watcher: Watcher): void {
    watcher.left();
    this.heartbeat.remove(watcher);
    this.members.delete(watcher);
  }

  /**
   * Closes the watchers with 1012, spread over `seconds` so that they don't all come back in the same instant. The last
   * ones are left for `closeRest`, so that they still see what comes in until the ROUTER is closed.
   */
  async drain(seconds: number): Promise<void> {
    const watchers = [...this.members];
    const steps = Math.max(1, Math.min(watchers.length, Math.floor((seconds * 1000) / DRAIN_STEP)));
    const share = (step: number): number => Math.floor((watchers.length * step) / steps);
    for (let step = 1; step < steps; step++) {
      this.channels.flush();
      for (const watcher of watchers.slice(share(step - 1), share(step))) watcher.dismiss(RESTART);
      await setTimeout((seconds * 1000) / steps);
    }
  }

  /** Closes whoever is left. */
  closeRest(): void {
    for (const watcher of this.members) watcher.dismiss(RESTART);
  }

  onApplicationShutdown(): void {
    this.heartbeat.stop();
  }
}
