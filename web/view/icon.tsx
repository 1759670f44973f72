/** SVG paths in a box of 24 x 24. */
const PATHS = {
  completed: 'M5 12.5l4.5 4.5L19 7.5',
  failed: 'M7 7l10 10M17 7L7 17',
  skipped: 'M5 7l5 5-5 5M12 7l5 5-5 5M20 7v10',
  unknown: 'M9 9.2a3 3 0 1 1 4.4 2.6c-.9.5-1.4 1-1.4 2.1M12 17.6v.1',
  step: 'M12 9.5a2.5 2.5 0 1 0 .01 0',
  end: 'M6.5 20V4.5h11l-2.5 4 2.5 4h-11',
  aborted: 'M9 7v10M15 7v10',
  attempt: 'M19 12a7 7 0 1 1-2.2-5.1M19 4v4.5h-4.5',
  waiting: 'M12 6.5V12l3.5 2.5',
  running: 'M9.5 7.5v9l7-4.5z',
  lost: 'M4 9.5a12 12 0 0 1 4-2.2M12 6.4a12 12 0 0 1 8 3.1M7.5 13.2a7 7 0 0 1 3.2-1.6M15 12.4a7 7 0 0 1 1.5.8M12 17.4v.1M5 4.5l14 15',
  missing: 'M12 3.5a8.5 8.5 0 1 0 .01 0M12 7.5v5.5M12 16.4v.1',
  notice: 'M12 7.5v6M12 16.6v.1',
  copy: 'M9.5 14.5l5-5M8 11l-2 2a3.5 3.5 0 0 0 5 5l2-2M16 13l2-2a3.5 3.5 0 0 0-5-5l-2 2',
  json: 'M9 5c-3 0-1.5 5.5-4 7 2.5 1.5 1 7 4 7M15 5c3 0 1.5 5.5 4 7-2.5 1.5-1 7-4 7',
  bell: 'M6.5 16.5c1.5-1.5 1-6 1.5-7.5a4 4 0 0 1 8 0c.5 1.5 0 6 1.5 7.5zM10.5 19.5h3',
  info: 'M12 11v6M12 7.4v.1',
  open: 'M7 10l5 5 5-5',
  closed: 'M10 7l5 5-5 5',
} as const;

export type IconName = keyof typeof PATHS;

/** An icon in the colour of the text around it. Hidden from screen readers. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}
