import type { TranslationBundle } from '@jupyterlab/translation';
import { PathExt } from '@jupyterlab/coreutils';
import * as React from 'react';

import type { ChangeKind, FileChange } from '../contract';
import { moveFocus } from '../ui';
import { changedLines, diffLines } from './diff';

/** The files of an export, those that stay in grey. */
export function FileList(props: {
  changes: FileChange[];
  selected: string | null;
  onSelect: (path: string) => void;
  trans: TranslationBundle;
}): JSX.Element {
  const { changes, selected, trans } = props;
  return (
    <section
      className="mage-Export-files"
      data-mage-region
      aria-label={trans.__('Files')}
    >
      <h3>{summary(changes, trans)}</h3>
      <div
        role="listbox"
        aria-label={trans.__('Files')}
        onKeyDown={event => moveFocus(event, '[role="option"]')}
      >
        {changes.map(change => (
          <div
            key={change.path}
            role="option"
            className="mage-Export-file"
            data-kind={change.kind}
            tabIndex={change.path === selected ? 0 : -1}
            aria-selected={change.path === selected}
            aria-label={`${change.path}, ${kindWord(change.kind, trans)}`}
            title={change.path}
            onClick={() => props.onSelect(change.path)}
            onFocus={() => props.onSelect(change.path)}
          >
            <Path path={change.path} />
            <span className="mage-mod-grey">{size(change, trans)}</span>
            <span className="mage-Export-kind">
              {kindWord(change.kind, trans)}
            </span>
          </div>
        ))}
      </div>
    </section>
  );
}

/** A path that loses its folders first when it is narrow, and its file's name last. */
function Path(props: { path: string }): JSX.Element {
  const name = PathExt.basename(props.path);
  const folders = props.path.slice(0, props.path.length - name.length);
  return (
    <span className="mage-Export-path">
      <span className="mage-mod-ellipsis">{folders}</span>
      <span>{name}</span>
    </span>
  );
}

function size(change: FileChange, trans: TranslationBundle): string {
  const count = changedLines(diffLines(change));
  if (count === 0) {
    return change.kind === 'same' ? '' : trans.__('empty');
  }
  return trans._n('%1 line', '%1 lines', count);
}

function kindWord(kind: ChangeKind, trans: TranslationBundle): string {
  switch (kind) {
    case 'new':
      return trans.__('new');
    case 'changed':
      return trans.__('changed');
    case 'removed':
      return trans.__('removed');
    case 'same':
      return trans.__('same');
  }
}

/** Say how many files change, come, go and stay. */
export function summary(
  changes: readonly FileChange[],
  trans: TranslationBundle
): string {
  const count = (kind: ChangeKind): number =>
    changes.filter(change => change.kind === kind).length;
  const parts = [
    [count('changed'), trans.__('%1 changed', count('changed'))],
    [count('new'), trans.__('%1 new', count('new'))],
    [count('removed'), trans.__('%1 removed', count('removed'))],
    [count('same'), trans.__('%1 the same', count('same'))]
  ] as const;
  return parts
    .filter(([number]) => number > 0)
    .map(([, words]) => words)
    .join(', ');
}
