import { InvalidArgumentError } from 'commander';

export interface NumberRange {
  readonly from: number;
  readonly to: number;
  readonly whole?: boolean;
}

/** Reads an option's number, for commander: anything out of range is refused with what was expected. */
export function numberIn({ from, to, whole = true }: NumberRange): (text: string) => number {
  return (text) => {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (value >= from && value <= to && (!whole || Number.isInteger(value))) return value;
    throw new InvalidArgumentError(`expected a ${whole ? 'whole ' : ''}number from ${from} to ${to}.`);
  };
}
