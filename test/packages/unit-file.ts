import { readFileSync } from 'node:fs';

/** What a unit of systemd says about a service. */
export class UnitFile {
  private readonly lines: readonly string[];

  /** @param instance takes the place of `%i` */
  constructor(path: string, instance = '') {
    this.lines = readFileSync(path, 'utf8').replaceAll('%i', instance).split('\n');
  }

  /** The last value of a setting. */
  get(key: string): string {
    return this.getAll(key).at(-1)!;
  }

  /** The words of a command, without the prefix `-`: a failure of the command is ignored. */
  command(key: string): string[] {
    return this.get(key).replace(/^-/, '').split(' ');
  }

  get environment(): Record<string, string> {
    return Object.fromEntries(this.getAll('Environment').map((entry) => entry.split('=')));
  }

  private getAll(key: string): string[] {
    return this.lines.filter((line) => line.startsWith(`${key}=`)).map((line) => line.slice(key.length + 1));
  }
}
