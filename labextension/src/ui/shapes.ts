import type { Severity } from '../contract';
import type { ShownState, Tone } from './words';

/** One element of a drawing: its SVG tag and attributes. */
export type Shape = readonly [
  tag: 'circle' | 'path' | 'rect',
  attributes: Readonly<Record<string, string | number>>
];

/** A drawing on a grid of 12 units, in the colour of its tone. */
export interface IDrawing {
  /** Which token colours it. */
  readonly tone: Tone;
  /** Its elements, from the back to the front. */
  readonly shapes: readonly Shape[];
}

const line = (width: number): Record<string, string | number> => ({
  fill: 'none',
  stroke: 'currentColor',
  strokeWidth: width
});

const FILL = { fill: 'currentColor' };

const ring = (radius: number, width: number): Shape => [
  'circle',
  { cx: 6, cy: 6, r: radius, ...line(width) }
];

const dot = (radius: number): Shape => [
  'circle',
  { cx: 6, cy: 6, r: radius, ...FILL }
];

const stroke = (d: string, width: number): Shape => [
  'path',
  { d, ...line(width) }
];

const solid = (d: string): Shape => ['path', { d, ...FILL }];

/** A line cut out of a filled shape, so that the ground shows. */
const cut = (d: string, width: number): Shape => [
  'path',
  {
    d,
    fill: 'none',
    stroke: 'currentColor',
    strokeWidth: width,
    className: 'mage-mod-cut'
  }
];

const OCTAGON = 'M3.7.5h4.6l3.2 3.2v4.6l-3.2 3.2H3.7L.5 8.3V3.7z';

/** A waiting place in a queue: a ring with a dot. */
const WAITING: IDrawing = { tone: 'off', shapes: [ring(4.75, 1.5), dot(1.7)] };

/** The drawing of every state. */
export const STATE_DRAWINGS: Record<ShownState, IDrawing> = {
  queued: WAITING,
  ready: WAITING,
  pending: { tone: 'off', shapes: [ring(4.25, 1.25)] },
  running: {
    tone: 'run',
    shapes: [
      [
        'circle',
        {
          cx: 6,
          cy: 6,
          r: 4.6,
          ...line(1.8),
          strokeDasharray: '21.7 7.2',
          className: 'mage-mod-turning'
        }
      ],
      dot(1.9)
    ]
  },
  success: {
    tone: 'ok',
    shapes: [dot(5.5), cut('M3.3 6.2 5.3 8.2 8.8 4.2', 1.5)]
  },
  cached: {
    tone: 'ok',
    shapes: [ring(4.75, 1.5), stroke('M3.8 6.1 5.4 7.7 8.2 4.5', 1.4)]
  },
  failed: {
    tone: 'bad',
    shapes: [
      ['rect', { x: 0.5, y: 0.5, width: 11, height: 11, rx: 1.5, ...FILL }],
      cut('M3.5 3.5l5 5M8.5 3.5l-5 5', 1.6)
    ]
  },
  upstream_failed: {
    tone: 'bad',
    shapes: [
      ['rect', { x: 1, y: 1, width: 10, height: 10, rx: 1.2, ...line(1.4) }],
      stroke('M6 9V4M3.9 5.8 6 3.6 8.1 5.8', 1.3)
    ]
  },
  retry_wait: {
    tone: 'warn',
    shapes: [
      stroke('M10.2 6A4.2 4.2 0 1 1 8.6 2.7', 1.7),
      solid('M7.2.4 11 2.6 7.6 5z')
    ]
  },
  needs_attention: {
    tone: 'warn',
    shapes: [
      solid('M6 .6 11.7 11H.3z'),
      cut('M6 4v3.6', 1.5),
      ['circle', { cx: 6, cy: 9.3, r: 0.9, className: 'mage-mod-cutFill' }]
    ]
  },
  late: {
    tone: 'warn',
    shapes: [ring(4.75, 1.5), stroke('M6 3.2V6l2 1.4', 1.4)]
  },
  missed: {
    tone: 'warn',
    shapes: [
      [
        'circle',
        { cx: 6, cy: 6, r: 4.75, ...line(1.6), strokeDasharray: '2.4 2.57' }
      ]
    ]
  },
  condition_false: {
    tone: 'off',
    shapes: [stroke('M6 .9 11.1 6 6 11.1.9 6z', 1.4)]
  },
  cancelled: {
    tone: 'off',
    shapes: [ring(4.75, 1.5), stroke('M2.8 9.2 9.2 2.8', 1.5)]
  },
  stale: { tone: 'off', shapes: [dot(1)] },
  never: { tone: 'off', shapes: [dot(1)] }
};

/** A success among many: the quietest mark there is. */
export const QUIET_SUCCESS: IDrawing = { tone: 'ok', shapes: [dot(3)] };

/** The drawing of each weight of a diagnostic; none is like a state's. */
export const SEVERITY_DRAWINGS: Record<Severity, IDrawing> = {
  error: {
    tone: 'bad',
    shapes: [
      solid(OCTAGON),
      cut('M6 3v3.4', 1.5),
      ['circle', { cx: 6, cy: 8.6, r: 0.9, className: 'mage-mod-cutFill' }]
    ]
  },
  warning: {
    tone: 'warn',
    shapes: [
      stroke('M6 1.4 11 10.6H1z', 1.1),
      stroke('M6 4.6v2.8', 1.1),
      ['circle', { cx: 6, cy: 8.9, r: 0.7, ...FILL }]
    ]
  },
  info: {
    tone: 'off',
    shapes: [
      ring(5, 1.1),
      stroke('M6 5.4v3.2', 1.2),
      ['circle', { cx: 6, cy: 3.6, r: 0.7, ...FILL }]
    ]
  }
};
