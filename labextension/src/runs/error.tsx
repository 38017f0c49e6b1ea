import type { IEditorLanguageRegistry } from '@jupyterlab/codemirror';
import * as React from 'react';

import type { BlockError, BlockRun, Run } from '../contract';
import { CommandIDs } from '../tokens';
import {
  blockType,
  Button,
  Code,
  foldIcon,
  type IContext,
  isOutput,
  shape,
  TypeBadge
} from '../ui';
import type { RunState } from './model';

/** How many lines of code are shown before and after the marked one. */
const AROUND = 4;

/**
 * The lines of a text around one of them, with the number of the first.
 */
export function excerpt(
  text: string,
  line: number
): { first: number; text: string } {
  const lines = text.trimEnd().split('\n');
  const first = Math.max(1, line - AROUND);
  return { first, text: lines.slice(first - 1, line + AROUND).join('\n') };
}

/** What the block had: the products of the blocks above in this run. */
function Had(props: {
  run: Run;
  one: BlockRun;
  context: IContext;
}): JSX.Element | null {
  const { run, one, context } = props;
  const { trans, commands } = context;
  const rows = run.block_runs
    .filter(above => one.upstream.includes(above.block))
    .flatMap(above =>
      above.products
        .filter(product => !isOutput(product))
        .map(product => ({ above, product }))
    );
  if (rows.length === 0) {
    return null;
  }
  return (
    <>
      <h2>{trans.__('What the block had')}</h2>
      <table className="mage-Had">
        <tbody>
          {rows.map(({ above, product }) => (
            <tr key={product.id}>
              <td>
                <Button
                  look="link"
                  onClick={() =>
                    void commands.execute(CommandIDs.openProduct, {
                      product: product.id
                    })
                  }
                >
                  <span className="mage-mod-code">{product.name}</span>
                </Button>
              </td>
              <td>{product.type}</td>
              <td className="mage-mod-number">{shape(product, trans)}</td>
              <td>
                {above.cached
                  ? trans.__('from %1, reused', above.block)
                  : trans.__('from %1, this run', above.block)}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

/**
 * Why a block failed: type and message, the code with the line, the traceback, what it had.
 */
export function ErrorTab(props: {
  /** What is shown. */
  state: RunState;
  /** The run. */
  run: Run;
  /** The block run that failed; null when the run failed before any block. */
  one: BlockRun | null;
  /** The error. */
  error: BlockError;
  /** Colours code. */
  languages: IEditorLanguageRegistry | null;
  /** Commands and words. */
  context: IContext;
}): JSX.Element {
  const { state, run, one, error, context } = props;
  const { trans, commands } = context;
  const code = state.code?.name === one?.block ? state.code : null;
  const file = error.file ?? code?.file ?? null;
  const line = error.file_line ?? null;
  const same = !one?.code || !code?.hash || one.code === code.hash;
  const part = code?.code && line ? excerpt(code.code, line) : null;
  const workbench = state.pipeline?.workbench ?? null;
  const openFile = (): void =>
    void state.attempt(async () => {
      const path = await state.path(file ?? '');
      await commands.execute('docmanager:open', { path, factory: 'Editor' });
    });
  const openCell = (): void =>
    void state.attempt(async () => {
      const path = await state.path(workbench ?? '');
      await commands.execute(CommandIDs.openCell, {
        path,
        cell: error.cell_id,
        line: error.line
      });
    });
  const canGo =
    error.cell_id !== null &&
    workbench !== null &&
    commands.hasCommand(CommandIDs.openCell);
  const [title, ...rest] = error.message.split('\n');
  return (
    <div className="mage-Error">
      <p className="mage-Error-title">
        {trans.__('%1: %2', error.type, title)}
      </p>
      {rest.length > 0 ? (
        <pre className="mage-Error-rest">{rest.join('\n')}</pre>
      ) : null}
      {file ? (
        <div className="mage-Error-code">
          <div className="mage-Error-codeHead">
            {one ? <TypeBadge type={blockType(one.block_type)} /> : null}
            <Button look="link" onClick={openFile}>
              {line ? trans.__('%1, line %2', file, line) : file}
            </Button>
            <span className="mage-Live-space" />
            {canGo ? (
              <Button look="link" onClick={openCell}>
                {trans.__('Go to the cell')}
              </Button>
            ) : null}
          </div>
          {part && code ? (
            <div className="mage-Error-codeBody">
              {same ? null : (
                <p className="mage-mod-grey">
                  {trans.__('The file was changed after this run.')}
                </p>
              )}
              <Code
                text={part.text}
                language={code.language}
                first={part.first}
                marked={same ? line : null}
                languages={props.languages}
              />
            </div>
          ) : null}
        </div>
      ) : null}
      {error.traceback ? (
        <details className="mage-Error-trace">
          <summary>
            <foldIcon.react tag="span" /> {trans.__('Traceback')}
          </summary>
          <pre>{error.traceback}</pre>
        </details>
      ) : null}
      {one ? <Had run={run} one={one} context={context} /> : null}
      {one && one.attempts > 1 ? (
        <p className="mage-mod-grey">
          {trans.__('All %1 attempts failed.', one.attempts)}
        </p>
      ) : null}
    </div>
  );
}
