/** The icons of the parts that the page loads later, as SVG paths in a box of 24 x 24. */
export const LATER_ICONS = {
  unknown: 'M9 9.2a3 3 0 1 1 4.4 2.6c-.9.5-1.4 1-1.4 2.1M12 17.6v.1',
  step: 'M12 9.5a2.5 2.5 0 1 0 .01 0',
  end: 'M6.5 20V4.5h11l-2.5 4 2.5 4h-11',
  attempt: 'M19 12a7 7 0 1 1-2.2-5.1M19 4v4.5h-4.5',
  copy: 'M9.5 14.5l5-5M8 11l-2 2a3.5 3.5 0 0 0 5 5l2-2M16 13l2-2a3.5 3.5 0 0 0-5-5l-2 2',
  json: 'M9 5c-3 0-1.5 5.5-4 7 2.5 1.5 1 7 4 7M15 5c3 0 1.5 5.5 4 7-2.5 1.5-1 7-4 7',
  bell: 'M6.5 16.5c1.5-1.5 1-6 1.5-7.5a4 4 0 0 1 8 0c.5 1.5 0 6 1.5 7.5zM10.5 19.5h3',
  info: 'M12 11v6M12 7.4v.1',
  open: 'M7 10l5 5 5-5',
  closed: 'M10 7l5 5-5 5',
} as const;
