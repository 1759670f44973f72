import { escapeMarkup } from '../../text/escape-markup.js';
import type { Badge } from './badge.js';

/** Colours on which white text has a contrast of at least 4.5. */
const COLOURS: Readonly<Record<Badge['tone'], string>> = {
  unknown: '#6b7280',
  running: '#1f66d1',
  ok: '#2a7d3f',
  mixed: '#a85a00',
  failed: '#c22f3d',
};

const LABEL_COLOUR = '#4b4f56';
/** Pixels on both sides of a text. */
const PADDING = 6;

/** The width of each character in Verdana with 11 px, by groups. `textLength` corrects what the table misses. */
const WIDTHS: readonly (readonly [pattern: RegExp, width: number])[] = [
  [/[ijl|'.,:;!]/, 3.6],
  [/[ frt()[\]{}/\\-]/, 4.4],
  [/[mwMW%@]/, 10.5],
  [/[A-Z&#+=<>~]/, 7.9],
  [/[ -~]/, 6.8],
  [/\p{Script=Latin}/u, 7.2],
];
/** Characters of other scripts, and emoji. */
const WIDE = 12;

/** The headers of each badge. Clients ask again each time, with the ETag. */
export const BADGE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Type': 'image/svg+xml; charset=utf-8',
  'Cache-Control': 'no-cache',
  // Other sites show the badge.
  'Cross-Origin-Resource-Policy': 'cross-origin',
};

/** The badge as an image, 20 pixels high. */
export function badgeSvg({ label, text, tone }: Badge): string {
  const [left, right] = [widthOf(label) + 2 * PADDING, widthOf(text) + 2 * PADDING];
  const width = left + right;
  const title = escapeMarkup(`${label}: ${text}`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="20" role="img" aria-label="${title}">`,
    `<title>${title}</title>`,
    `<linearGradient id="s" x2="0" y2="100%"><stop offset="0" stop-color="#fff" stop-opacity=".12"/><stop offset="1" stop-opacity=".12"/></linearGradient>`,
    `<clipPath id="r"><rect width="${width}" height="20" rx="3"/></clipPath>`,
    `<g clip-path="url(#r)"><path fill="${LABEL_COLOUR}" d="M0 0h${left}v20H0z"/>`,
    `<path fill="${COLOURS[tone]}" d="M${left} 0h${right}v20H${left}z"/><path fill="url(#s)" d="M0 0h${width}v20H0z"/></g>`,
    `<g fill="#fff" font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="11">`,
    textAt(PADDING, label),
    textAt(left + PADDING, text),
    `</g></svg>`,
  ].join('');
}

function textAt(x: number, text: string): string {
  return `<text x="${x}" y="14" textLength="${widthOf(text)}">${escapeMarkup(text)}</text>`;
}

function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += WIDTHS.find(([pattern]) => pattern.test(character))?.[1] ?? WIDE;
  return Math.round(width);
}
