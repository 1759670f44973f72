/** How a number follows the numbers before it. */
export type SequencePlace = 'next' | 'gap' | 'late' | 'repeated';

interface Range {
  from: number;
  to: number;
}

/** Missing ranges that are kept. A late number of an older range counts as repeated. */
const MAX_RANGES = 1000;

/** Checks that each number of a sequence comes once and in order. Keeps only the missing ranges. */
export class SequenceCheck {
  repeated = 0;
  /** Numbers that came after a higher number. */
  late = 0;
  private readonly missing: Range[] = [];
  /** Missing numbers of ranges that are no longer kept. */
  private forgotten = 0;

  /** @param next the number that follows the highest one; at first, the number that the sequence starts with */
  constructor(public next = 1) {}

  add(number: number): SequencePlace {
    if (number >= this.next) {
      const hasGap = number > this.next;
      if (hasGap) this.miss({ from: this.next, to: number - 1 });
      this.next = number + 1;
      return hasGap ? 'gap' : 'next';
    }
    if (this.fill(number)) {
      this.late++;
      return 'late';
    }
    this.repeated++;
    return 'repeated';
  }

  /** How many numbers are missing. */
  get lost(): number {
    return this.missing.reduce((sum, { from, to }) => sum + to - from + 1, this.forgotten);
  }

  private miss(range: Range): void {
    this.missing.push(range);
    if (this.missing.length <= MAX_RANGES) return;
    const { from, to } = this.missing.shift()!;
    this.forgotten += to - from + 1;
  }

  private fill(number: number): boolean {
    const index = this.missing.findLastIndex(({ from, to }) => from <= number && number <= to);
    if (index < 0) return false;
    const { from, to } = this.missing[index]!;
    const rest = [
      { from, to: number - 1 },
      { from: number + 1, to },
    ];
    this.missing.splice(index, 1, ...rest.filter((range) => range.from <= range.to));
    return true;
  }
}
