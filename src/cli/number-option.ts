import { InvalidArgumentError, Option } from 'commander';

/** A range of numbers that an option accepts, including both ends. */
export interface NumberRange {
  readonly from: number;
  readonly to: number;
  readonly whole?: boolean;
}

/** A parser for commander that accepts the numbers of a range. */
export function numberParser({ from, to, whole = true }: NumberRange): (text: string) => number {
  return (text) => {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (value >= from && value <= to && (!whole || Number.isInteger(value))) return value;
    throw new InvalidArgumentError(`expected a ${whole ? 'whole ' : ''}number from ${from} to ${to}.`);
  };
}

/** An option of commander with a default that is a number of a range. */
export function numberOption(flags: string, text: string, range: NumberRange, value: number): Option {
  return new Option(flags, text).argParser(numberParser(range)).default(value);
}
