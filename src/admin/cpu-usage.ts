/** The CPU time of this process, with all of its threads. */
export class CpuUsage {
  private used = process.cpuUsage();
  private readAt = performance.now();

  /** The cores in use since the previous reading: 1 is one full core. */
  take(): number {
    const now = performance.now();
    const { user, system } = process.cpuUsage(this.used);
    const elapsed = now - this.readAt;
    this.used = process.cpuUsage();
    this.readAt = now;
    return elapsed > 0 ? (user + system) / 1000 / elapsed : 0;
  }
}
