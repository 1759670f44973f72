import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { ConfigService } from '@nestjs/config';
import type { Settings } from '../config/settings.js';
import { HttpServers } from '../http/http-servers.js';
import { closeAll } from './close-all.js';
import { Heartbeat } from './heartbeat.js';
import type { Connection } from './connection.js';

/** All watchers: enforces `limits.connections`, sends heartbeats, closes the watchers on shutdown. */
@Injectable()
export class ConnectionRegistry implements OnApplicationShutdown {
  private readonly heartbeat: Heartbeat;
  private readonly members = new Set<Connection>();

  constructor(
    config: ConfigService<Settings, true>,
    private readonly listeners: HttpServers,
  ) {
    this.heartbeat = new Heartbeat(config.get('heartbeat.interval', { infer: true }));
  }

  /** Whether `limits.connections` is reached, or what the limit of open files allows. */
  get full(): boolean {
    return this.members.size >= this.listeners.capacity.clients;
  }

  add(watcher: Connection): void {
    this.members.add(watcher);
    this.heartbeat.add(watcher);
  }

  /** The client is gone: gives up its subscription, too. */
  remove(watcher: Connection): void {
    watcher.left();
    this.heartbeat.remove(watcher);
    this.members.delete(watcher);
  }

  /** Closes all watchers and resolves when none is left; pacing thousands of them takes at most `seconds`. */
  async closeAll(seconds: number): Promise<void> {
    await closeAll(this.members, seconds);
  }

  onApplicationShutdown(): void {
    this.heartbeat.stop();
  }
}
