import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { heartbeatConfig } from '../config/namespaces.js';
import { HttpServers } from '../http/http-servers.js';
import { closeAll } from './close-all.js';
import { Heartbeat } from './heartbeat.js';
import type { Connection } from './connection.js';

/** All watchers: enforces `limits.connections`, sends heartbeats, closes the watchers on shutdown. */
@Injectable()
export class ConnectionRegistry implements OnApplicationShutdown {
  private readonly beats: Heartbeat;
  private readonly members = new Set<Connection>();

  constructor(
    @Inject(heartbeatConfig.KEY) heartbeat: ConfigType<typeof heartbeatConfig>,
    private readonly listeners: HttpServers,
  ) {
    this.beats = new Heartbeat(heartbeat);
  }

  /** Whether `limits.connections` is reached, or what the limit of open files allows. */
  get full(): boolean {
    return this.members.size >= this.listeners.capacity.clients;
  }

  add(watcher: Connection): void {
    this.members.add(watcher);
    this.beats.add(watcher);
  }

  /** The client is gone: gives up its subscription, too. */
  remove(watcher: Connection): void {
    watcher.left();
    this.beats.remove(watcher);
    this.members.delete(watcher);
  }

  /** Closes all watchers and resolves when none is left; pacing thousands of them takes at most `seconds`. */
  async closeAll(seconds: number): Promise<void> {
    await closeAll(this.members, seconds);
  }

  onApplicationShutdown(): void {
    this.beats.stop();
  }
}
