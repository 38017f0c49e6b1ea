import * as React from 'react';

import type { LogLine, Run } from '../contract';
import type { LogModel } from '../model';
import {
  Button,
  count,
  type IContext,
  searchIcon,
  SeverityMark,
  useSignals,
  VirtualList
} from '../ui';
import { pieces, plain } from './ansi';

/** The levels that are more than information, in the words of Python's logging. */
const LOUD = ['warning', 'error', 'critical'];

/** The lines that fit what is asked for. */
export function fitting(
  lines: readonly LogLine[],
  query: { block: string | null; level: string; search: string }
): LogLine[] {
  const search = query.search.toLowerCase();
  return lines.filter(
    line =>
      (query.block === null || line.block === query.block) &&
      (query.level === 'all' || LOUD.includes(line.level.toLowerCase())) &&
      (!search || line.text.toLowerCase().includes(search))
  );
}

/** A line: seconds since the start, level, block, text. */
function Line(props: {
  line: LogLine;
  start: number;
  single: boolean;
}): JSX.Element {
  const { line, start, single } = props;
  const level = line.level.toLowerCase();
  const seconds = Math.max(0, (Date.parse(line.at) - start) / 1000);
  const bad = level === 'error' || level === 'critical';
  return (
    <div className="mage-Log-line" data-level={level}>
      <span className="mage-Log-time">{seconds.toFixed(1)}</span>
      <span className="mage-Log-level">
        {level === 'warning' ? <SeverityMark severity="warning" /> : null}
        {level}
      </span>
      {single ? null : (
        <span className="mage-Log-block mage-mod-ellipsis">{line.block}</span>
      )}
      <span
        className={`mage-Log-text mage-mod-ellipsis ${bad ? 'mage-mod-strong' : ''}`}
        title={plain(line.text)}
      >
        {pieces(line.text).map((piece, index) => (
          <span
            key={index}
            data-colour={piece.colour ?? undefined}
            data-bold={piece.bold || undefined}
          >
            {piece.text}
          </span>
        ))}
      </span>
    </div>
  );
}

/**
 * A run's log as it is written: it follows its end until one scrolls up.
 */
export function LogPane(props: {
  /** The log. */
  log: LogModel;
  /** The run. */
  run: Run;
  /** The block that the user chose: its lines are shown first. */
  block: string | null;
  /** Words. */
  context: IContext;
}): JSX.Element {
  const { log, run, block, context } = props;
  const { trans } = context;
  useSignals(log.changed);
  const [only, setOnly] = React.useState<string | null>(block);
  const [level, setLevel] = React.useState('all');
  const [search, setSearch] = React.useState('');
  const [following, setFollowing] = React.useState(true);
  const [seen, setSeen] = React.useState(0);
  React.useEffect(() => setOnly(block), [block]);
  const lines = fitting(log.lines, { block: only, level, search });
  const start = Date.parse(run.started_at ?? run.created_at);
  const fresh = following ? 0 : lines.length - seen;
  return (
    <section
      className="mage-Log"
      data-mage-region
      aria-label={trans.__('Log of run %1', run.number)}
    >
      <div className="mage-Log-head">
        <h2>{trans.__('Log')}</h2>
        <select
          className="mage-Section-order"
          aria-label={trans.__('Block')}
          value={only ?? ''}
          onChange={event => setOnly(event.target.value || null)}
        >
          <option value="">{trans.__('All blocks')}</option>
          {run.block_runs.map(one => (
            <option key={one.block} value={one.block}>
              {one.block}
            </option>
          ))}
        </select>
        <select
          className="mage-Section-order"
          aria-label={trans.__('Levels')}
          value={level}
          onChange={event => setLevel(event.target.value)}
        >
          <option value="all">{trans.__('All levels')}</option>
          <option value="loud">{trans.__('Warnings and errors')}</option>
        </select>
        <span className="mage-Live-space" />
        <label className="mage-Search">
          <searchIcon.react tag="span" />
          <input
            type="search"
            className="mage-Input"
            value={search}
            placeholder={trans.__('Search the log')}
            aria-label={trans.__('Search the log')}
            onChange={event => setSearch(event.target.value)}
          />
        </label>
      </div>
      <div className="mage-Log-body">
        {lines.length > 0 ? (
          <VirtualList
            items={lines}
            height={20}
            role="log"
            label={trans.__('Log of run %1', run.number)}
            keyOf={(_, index) => String(index)}
            follow={following}
            onEnd={atEnd => {
              setFollowing(atEnd);
              if (!atEnd && following) {
                setSeen(lines.length);
              }
            }}
          >
            {line => <Line line={line} start={start} single={only !== null} />}
          </VirtualList>
        ) : (
          <p className="mage-Log-empty">
            {search || level !== 'all'
              ? trans.__('No line fits.')
              : log.ended
                ? only
                  ? trans.__('%1 wrote nothing to its log.', only)
                  : trans.__('This run wrote nothing to its log.')
                : trans.__('Nothing was written yet.')}
          </p>
        )}
        {fresh > 0 ? (
          <Button className="mage-Log-fresh" onClick={() => setFollowing(true)}>
            {trans._n('%1 new line ↓', '%1 new lines ↓', fresh)}
          </Button>
        ) : null}
      </div>
      <div className="mage-Log-foot">
        <span>
          {trans.__(
            '%1 of %2 lines',
            count(lines.length),
            count(log.lines.length)
          )}
        </span>
        <span>
          {log.ended ? trans.__('complete') : trans.__('being written')}
        </span>
      </div>
    </section>
  );
}
