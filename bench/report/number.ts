/** Formats a number with three digits, thousands as k, millions as M. */
export function shortNumber(value: number): string {
  const size = Math.abs(value);
  if (size >= 999_500) return `${digits(value / 1e6)} M`;
  if (size >= 9995) return `${digits(value / 1000)} k`;
  return digits(value);
}

/** Formats the ratio of two numbers: `5.3 x`. */
export function ratio(a: number | undefined, b: number | undefined): string {
  if (a === undefined || b === undefined || b === 0) return '';
  return `${shortNumber(a / b)} x`;
}

function digits(value: number): string {
  const rounded = Number(value.toPrecision(3));
  return rounded.toLocaleString('en', { maximumFractionDigits: 3 });
}
