import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import type { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import type { FileChange } from '../contract';
import { Button, foldIcon } from '../ui';
import { DiffCode } from './code';
import { changeStarts, diffLines } from './diff';

/** From which width of the view on the diff has two columns by itself, in px. */
const WIDE = 1400;

/** From which width of the view on it can have two, in px. */
const ENOUGH = 800;

/** One file before and after the export, in one column or two, with steps from change to change. */
export function FileDiff(props: {
  change: FileChange;
  languages: IEditorLanguageRegistry | null;
  /** Whether the reader chose two columns; null lets the width decide. */
  columns: 1 | 2 | null;
  onColumns: (columns: 1 | 2) => void;
  trans: TranslationBundle;
}): JSX.Element {
  const { change, trans } = props;
  const lines = React.useMemo(() => diffLines(change), [change]);
  const starts = React.useMemo(() => changeStarts(lines), [lines]);
  const [step, setStep] = React.useState(0);
  const [moved, setMoved] = React.useState(false);
  const place = React.useRef<HTMLElement>(null);
  const width = useWidthOfView(place);
  const chosen = props.columns ?? (width >= WIDE ? 2 : 1);
  const columns = width >= ENOUGH ? chosen : 1;
  const go = (next: number): void => {
    setStep((next + starts.length) % starts.length);
    setMoved(true);
  };
  return (
    <section
      className="mage-Export-diff"
      data-mage-region
      aria-label={change.path}
      ref={place}
    >
      <div className="mage-Export-diffHead">
        <strong className="mage-mod-ellipsis">{change.path}</strong>
        <span className="mage-mod-grey mage-mod-ellipsis">
          {change.kind === 'same'
            ? trans.__('as it is')
            : trans.__('as it is now, and after the export')}
        </span>
        <span className="mage-Export-space" />
        {starts.length > 0 ? (
          <>
            <Button
              look="bare"
              className="mage-mod-up"
              icon={foldIcon}
              aria-label={trans.__('Previous change')}
              onClick={() => go(step - 1)}
            />
            <span className="mage-mod-grey">
              {trans.__('change %1 of %2', step + 1, starts.length)}
            </span>
            <Button
              look="bare"
              icon={foldIcon}
              aria-label={trans.__('Next change')}
              onClick={() => go(step + 1)}
            />
            <span
              className="mage-Export-columns"
              role="group"
              hidden={width < ENOUGH}
            >
              {([1, 2] as const).map(count => (
                <Button
                  key={count}
                  look="bare"
                  aria-pressed={columns === count}
                  onClick={() => props.onColumns(count)}
                >
                  {count === 1
                    ? trans.__('One column')
                    : trans.__('Two columns')}
                </Button>
              ))}
            </span>
          </>
        ) : null}
      </div>
      <div className="mage-Export-code" tabIndex={0}>
        {lines.length === 0 ? (
          <p className="mage-Export-nothing mage-mod-grey">
            {change.kind === 'same'
              ? trans.__('Nothing changes in this file.')
              : trans.__('An empty file.')}
          </p>
        ) : (
          <DiffCode
            lines={lines}
            path={change.path}
            languages={props.languages}
            columns={columns}
            at={moved ? (starts[step] ?? null) : null}
            label={change.path}
          />
        )}
      </div>
    </section>
  );
}

/** Follow the width of the view that an element lies in, in px. */
function useWidthOfView(place: React.RefObject<HTMLElement>): number {
  const [width, setWidth] = React.useState(0);
  React.useEffect(() => {
    const view = place.current?.closest('.mage-Export') ?? null;
    if (view === null) {
      return;
    }
    const observer = new ResizeObserver(() => setWidth(view.clientWidth));
    observer.observe(view);
    return () => observer.disconnect();
  }, [place]);
  return width;
}
