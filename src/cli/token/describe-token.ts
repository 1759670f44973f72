import type { TokenClaims } from '../../auth/token-claims.js';
import { escapeUnsafe } from '../../text/escape.js';

/** Units of a duration, in seconds, from the longest. */
const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** Describes a token that the monitor accepts, in plain words. @param now milliseconds of `Date.now` */
export function describeToken(claims: TokenClaims, now: number): string {
  const { channels, scopes, expiresAt } = claims;
  const lines = [
    'The monitor accepts this token.',
    `Expires: ${new Date(expiresAt).toISOString()} (${describeDistance((expiresAt - now) / 1000)})`,
    `Channels: ${channels.length > 0 ? channels.map(describeChannel).join(', ') : 'none'}`,
    ...(scopes.length > 0 ? [`Scopes: ${scopes.map(escapeUnsafe).join(', ')}`] : []),
  ];
  return `${lines.join('\n')}\n`;
}

function describeChannel(entry: string): string {
  if (entry === '*') return 'all';
  return entry.endsWith('*')
    ? `all that begin with ${JSON.stringify(escapeUnsafe(entry.slice(0, -1)))}`
    : JSON.stringify(escapeUnsafe(entry));
}

function describeDistance(seconds: number): string {
  const [name, length] = UNITS.find(([, unit]) => Math.abs(seconds) >= unit) ?? UNITS[3];
  const count = Math.floor(Math.abs(seconds) / length);
  const text = `${count} ${name}${count === 1 ? '' : 's'}`;
  return seconds < 0 ? `${text} ago, within auth.clock_tolerance` : `in ${text}`;
}
