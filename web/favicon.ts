import type { Tone } from './job-status.js';

/** The colour and the path of each icon, in a box of 32 x 32. */
const ICONS: Readonly<Record<Tone, readonly [colour: string, path: string]>> = {
  waiting: ['64748b', 'M16 8.5V16l5 3.5'],
  running: ['2563eb', 'M12.5 10v12l9.5-6z'],
  aborted: ['b45309', 'M12.5 10v12M19.5 10v12'],
  failed: ['dc2626', 'M10.5 10.5l11 11M21.5 10.5l-11 11'],
  finished: ['15803d', 'M9 16.5l5 5 9-10'],
  mixed: ['b45309', 'M16 9v8.5M16 22.6v.1'],
  lost: ['64748b', 'M9 9l14 14M9 16h3M20 16h3'],
};

/**
 * The icon of the tab as a `data:` URL. So the page can show that the connection is lost when no server answers. The shape
 * tells a success from an end with problems, also without colours.
 */
export function faviconOf(tone: Tone): string {
  const [colour, path] = ICONS[tone];
  return (
    `data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E` +
    `%3Ccircle cx='16' cy='16' r='15' fill='%23${colour}'/%3E%3Cpath d='${path}' fill='none' stroke='%23fff' ` +
    `stroke-width='3.5' stroke-linecap='round' stroke-linejoin='round'/%3E%3C/svg%3E`
  );
}
