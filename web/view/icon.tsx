/** The icons of the first progress, as SVG paths in a box of 24 x 24. */
export const ICONS = {
  completed: 'M5 12.5l4.5 4.5L19 7.5',
  failed: 'M7 7l10 10M17 7L7 17',
  skipped: 'M5 7l5 5-5 5M12 7l5 5-5 5M20 7v10',
  aborted: 'M9 7v10M15 7v10',
  waiting: 'M12 6.5V12l3.5 2.5',
  running: 'M9.5 7.5v9l7-4.5z',
  lost: 'M4 9.5a12 12 0 0 1 4-2.2M12 6.4a12 12 0 0 1 8 3.1M7.5 13.2a7 7 0 0 1 3.2-1.6M15 12.4a7 7 0 0 1 1.5.8M12 17.4v.1M5 4.5l14 15',
  missing: 'M12 3.5a8.5 8.5 0 1 0 .01 0M12 7.5v5.5M12 16.4v.1',
  notice: 'M12 7.5v6M12 16.6v.1',
} as const;

/** An icon in the colour of the text around it. Hidden from screen readers. */
export function Icon({ path }: { readonly path: string }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={path} />
    </svg>
  );
}
