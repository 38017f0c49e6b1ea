import { LabIcon } from '@jupyterlab/ui-components';

const FILL = 'class="jp-icon3" fill="#616161"';

// Strokes have no fill of their own: the host's class would fill whatever has one.
const line = (width: number): string =>
  `class="jp-icon3" stroke="#616161" stroke-width="${width}"`;

function icon(name: string, inner: string): LabIcon {
  return new LabIcon({
    name: `mage-jlab:${name}`,
    svgstr: `<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16"><g fill="none">${inner}</g></svg>`
  });
}

const path = (d: string, width: number): string =>
  `<path d="${d}" ${line(width)}/>`;

/** Our own mark: two blocks flow into one. */
export const mageIcon = icon(
  'mage',
  `<circle cx="3.6" cy="4" r="2.2" ${FILL}/><circle cx="3.6" cy="12" r="2.2" ${FILL}/>` +
    `<rect x="10" y="5.8" width="4.4" height="4.4" ${FILL}/>` +
    path('M5.6 4.6 10 7.3M5.6 11.4 10 8.7', 1.3)
);

/** Start a run. */
export const runIcon = icon('run', `<path d="M4.5 3v10l8-5z" ${FILL}/>`);

/** Cancel a run. */
export const stopIcon = icon(
  'stop',
  `<rect x="4" y="4" width="8" height="8" ${FILL}/>`
);

/** Retry, read again. */
export const retryIcon = icon(
  'retry',
  path('M12.6 8A4.6 4.6 0 1 1 10.8 4.3', 1.5) +
    `<path d="M9 2l3.7 1.9L9.6 6.6z" ${FILL}/>`
);

/** A notebook. */
export const notebookIcon = icon(
  'notebook',
  `<rect x="3" y="2" width="10" height="12" ${line(1.4)}/>` +
    path('M6 2v12', 1.4)
);

/** A file of text. */
export const documentIcon = icon(
  'document',
  path('M4 2h5l3 3v9H4z', 1.3) + path('M6 8h4M6 10.5h4', 1)
);

/** A data product. */
export const tableIcon = icon(
  'table',
  path('M2.5 3.5h11v9h-11zM2.5 6.5h11M6.2 3.5v9', 1.2)
);

/** What differs. */
export const diffIcon = icon('diff', path('M8 3v6M5 6h6M5 12.5h6', 1.5));

/** A time, a trigger. */
export const clockIcon = icon(
  'clock',
  `<circle cx="8" cy="8" r="5.5" ${line(1.3)}/>` + path('M8 5v3.2l2.2 1.4', 1.3)
);

/** Several times. */
export const calendarIcon = icon(
  'calendar',
  path('M2.5 3.5h11v10h-11zM2.5 6.5h11M5.5 2v3M10.5 2v3', 1.2)
);

/** Show all of the graph. */
export const fitIcon = icon(
  'fit',
  path('M2.5 6v-3.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10', 1.3)
);

/** Sort, filter. */
export const filterIcon = icon(
  'filter',
  path('M2.5 4h11M4.5 8h7M6.5 12h3', 1.4)
);

/** Search. */
export const searchIcon = icon(
  'search',
  `<circle cx="7" cy="7" r="4.2" ${line(1.5)}/>` + path('M10.2 10.2 14 14', 1.5)
);

/** A menu of more commands. */
export const moreIcon = icon(
  'more',
  [3.5, 8, 12.5].map(x => `<circle cx="${x}" cy="8" r="1.3" ${FILL}/>`).join('')
);

/** Add something. */
export const plusIcon = icon('plus', path('M8 3v10M3 8h10', 1.5));

/** Take away, make smaller. */
export const minusIcon = icon('minus', path('M3 8h10', 1.5));

/** Opens downwards; turned, it folds. */
export const foldIcon = icon('fold', path('M4 6l4 4 4-4', 1.5));

/** A link to copy. */
export const linkIcon = icon(
  'link',
  path(
    'M6.5 9.5l3-3M7 5l1.5-1.5a2.5 2.5 0 0 1 4 4L11 9M9 11l-1.5 1.5a2.5 2.5 0 0 1-4-4L5 7',
    1.3
  )
);
