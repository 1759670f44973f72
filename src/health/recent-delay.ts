import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';

/** Milliseconds between two measurements. */
const INTERVAL = 500;

/** Measurements that are kept: ten seconds. */
const MEASUREMENTS = 20;

/** Measures how late the event loop runs a timer. */
@Injectable()
export class RecentDelay implements OnModuleInit, OnApplicationShutdown {
  private readonly delays = new Float64Array(MEASUREMENTS);
  private measured = 0;
  private dueAt = 0;
  private timer: NodeJS.Timeout | undefined;

  /** The longest delay of the last ten seconds, in seconds. */
  get longest(): number {
    return Math.max(...this.delays) / 1000;
  }

  onModuleInit(): void {
    this.dueAt = performance.now() + INTERVAL;
    this.timer = setInterval(() => this.measure(), INTERVAL).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private measure(): void {
    const now = performance.now();
    this.delays[this.measured++ % MEASUREMENTS] = Math.max(0, now - this.dueAt);
    this.dueAt = now + INTERVAL;
  }
}
