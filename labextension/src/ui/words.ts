import type { TranslationBundle } from '@jupyterlab/translation';

import type {
  BlockRunState,
  BlockType,
  Language,
  RunState,
  Severity
} from '../contract';

/**
 * All states that a mark can show: those of runs and block runs, and what only a view knows
 * (`cached`, a success that was reused; `late`, `missed`; `stale`, last seen before the connection went).
 */
export type ShownState =
  RunState | BlockRunState | 'cached' | 'late' | 'missed' | 'stale' | 'never';

/** The colours that a mark can have; which one is the token's to say. */
export type Tone = 'off' | 'ok' | 'bad' | 'run' | 'warn';

/** The roles that give a block type its hue. */
export type Role = 'in' | 'do' | 'out' | 'steer';

/** The one letter that tells a block type apart on its badge. */
export const TYPE_LETTERS: Record<BlockType, string> = {
  data_loader: 'L',
  transformer: 'T',
  data_exporter: 'E',
  sensor: 'S',
  custom: 'C',
  scratchpad: 'P',
  chart: 'H',
  callback: 'B',
  conditional: 'D',
  markdown: 'M'
};

/** The role of a block type, which decides its hue. */
export const TYPE_ROLES: Record<BlockType, Role> = {
  data_loader: 'in',
  transformer: 'do',
  custom: 'do',
  chart: 'do',
  data_exporter: 'out',
  sensor: 'steer',
  conditional: 'steer',
  callback: 'steer',
  scratchpad: 'steer',
  markdown: 'steer'
};

/** The block types in the order in which a picker offers them. */
export const BLOCK_TYPES: readonly BlockType[] = [
  'data_loader',
  'transformer',
  'data_exporter',
  'sensor',
  'custom',
  'conditional',
  'callback',
  'chart',
  'scratchpad',
  'markdown'
];

/**
 * A block type from a text of the wire; `custom` where it is none that we know.
 */
export function blockType(text: string): BlockType {
  return text in TYPE_LETTERS ? (text as BlockType) : 'custom';
}

/**
 * The word of a state, as lists and screen readers say it.
 */
export function stateWord(state: ShownState, trans: TranslationBundle): string {
  switch (state) {
    case 'queued':
      return trans.__('Queued');
    case 'ready':
      return trans.__('Ready');
    case 'pending':
      return trans.__('Pending');
    case 'running':
      return trans.__('Running');
    case 'success':
      return trans.__('Success');
    case 'cached':
      return trans.__('Reused');
    case 'failed':
      return trans.__('Failed');
    case 'upstream_failed':
      return trans.__('Not started');
    case 'retry_wait':
      return trans.__('Retrying');
    case 'needs_attention':
      return trans.__('Needs you');
    case 'late':
      return trans.__('Late');
    case 'missed':
      return trans.__('Missed');
    case 'condition_false':
      return trans.__('Skipped');
    case 'cancelled':
      return trans.__('Cancelled');
    case 'stale':
      return trans.__('Unknown');
    case 'never':
      return trans.__('Never run');
  }
}

/**
 * The word of a block type, as a picker and a screen reader say it.
 */
export function typeWord(type: BlockType, trans: TranslationBundle): string {
  switch (type) {
    case 'data_loader':
      return trans.__('Data loader');
    case 'transformer':
      return trans.__('Transformer');
    case 'data_exporter':
      return trans.__('Data exporter');
    case 'sensor':
      return trans.__('Sensor');
    case 'custom':
      return trans.__('Custom');
    case 'scratchpad':
      return trans.__('Scratchpad');
    case 'chart':
      return trans.__('Chart');
    case 'callback':
      return trans.__('Callback');
    case 'conditional':
      return trans.__('Conditional');
    case 'markdown':
      return trans.__('Markdown');
  }
}

/**
 * The word of a language, as a picker says it.
 */
export function languageWord(
  language: Language,
  trans: TranslationBundle
): string {
  switch (language) {
    case 'python':
      return trans.__('Python');
    case 'sql':
      return trans.__('SQL');
    case 'r':
      return trans.__('R');
    case 'yaml':
      return trans.__('YAML');
    case 'markdown':
      return trans.__('Markdown');
  }
}

/**
 * The word of a diagnostic's weight.
 */
export function severityWord(
  severity: Severity,
  trans: TranslationBundle
): string {
  switch (severity) {
    case 'error':
      return trans.__('Error');
    case 'warning':
      return trans.__('Warning');
    case 'info':
      return trans.__('Note');
  }
}

/**
 * Whether nothing more happens by itself in a run or block run of this state.
 */
export function ended(state: RunState | BlockRunState): boolean {
  return !['queued', 'pending', 'ready', 'running', 'retry_wait'].includes(
    state
  );
}
