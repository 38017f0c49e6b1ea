import { EditorView } from '@codemirror/view';
import { nullTranslator } from '@jupyterlab/translation';
import { MessageLoop } from '@lumino/messaging';
import { Signal } from '@lumino/signaling';
import { Panel, Widget } from '@lumino/widgets';
import { act } from 'react';

import { Decorator } from '../../../labextension/src/cells/decorator';
import { analysisOf, blockOf, fixOf, lastRunOf, problemOf } from '../analyses';
import { click, settle, words } from '../draw';
import { notebookOf } from '../notebooks';

/** A cell as the host builds it: a panel with a header and the input below it. */
class FakeCell extends Panel {
  constructor(
    readonly model: unknown,
    readonly editor: { editor: EditorView }
  ) {
    super();
    const input = new Widget();
    input.addClass('jp-Cell-inputWrapper');
    input.node.append(editor.editor.dom);
    this.addWidget(new Widget());
    this.addWidget(input);
  }

  isPlaceholder(): boolean {
    return false;
  }
}

const ran = {
  id: 'r1',
  number: 4,
  block_runs: [
    {
      block: 'load',
      code: 'old',
      products: [{ name: 'df', type: 'frame', rows: 3, columns: 2, bytes: 9 }]
    }
  ]
};
const frame = (): Promise<void> =>
  act(async () => {
    await new Promise<void>(done => requestAnimationFrame(() => done()));
    MessageLoop.flush();
    await Promise.resolve();
  });

describe('the decorator', () => {
  const actions = { fix: jest.fn(), showDrift: jest.fn() };
  let analysis: ReturnType<typeof analysisOf>;
  let bench: Record<string, unknown>;
  let cells: FakeCell[];
  let content: Record<string, unknown>;
  let decorator: Decorator;

  beforeEach(async () => {
    const model = notebookOf(
      { source: 'df = read()', tags: ['block:data_loader'], id: 'cell-load' },
      { source: 'ok = df + no', tags: ['block:transformer'], id: 'cell-ok' },
      { source: 'free = 1', id: 'free' }
    );
    cells = [...model.cells].map(
      cell =>
        new FakeCell(cell, {
          editor: new EditorView({ doc: cell.sharedModel.getSource() })
        })
    );
    cells.forEach(cell => Widget.attach(cell, document.body));
    analysis = analysisOf(
      [
        { ...blockOf('load', {}, ['df'], 'data_loader'), code: 'new' },
        blockOf('ok', { df: 'load.df' })
      ],
      [
        problemOf('cell-ok', 1, 11, 13, [fixOf('move')]),
        { ...problemOf('cell-load', 1, 1, 3), severity: 'warning' }
      ]
    );
    bench = {
      last: lastRunOf(ran),
      block: (id: string) =>
        analysis.blocks.find(block => block.cell_id === id) ?? null,
      diagnostics: (id?: string, severity?: string) =>
        analysis.diagnostics.filter(
          one => one.cell_id === id && (!severity || one.severity === severity)
        )
    };
    Object.defineProperty(bench, 'analysis', { get: () => analysis });
    bench.changed = new Signal(bench);
    content = { widgets: cells, activeCell: cells[2], isDisposed: false };
    for (const name of [
      'activeCellChanged',
      'cellInViewportChanged',
      'modelContentChanged'
    ]) {
      content[name] = new Signal(content);
    }
    const panel = { content };
    decorator = new Decorator(
      { ...panel, disposed: new Signal(panel) } as never,
      bench as never,
      nullTranslator.load('mage_jlab'),
      actions
    );
    await frame();
  });

  afterEach(() =>
    settle(() => {
      decorator.dispose();
      cells.forEach(cell => cell.dispose());
    })
  );

  const line = (cell: FakeCell): Element | null =>
    cell.node.querySelector('.mage-CellLine');

  it('gives tagged cells a line and an edge, and leaves the others alone', () => {
    expect(words(line(cells[0]))).toContain('load data loader');
    expect(words(line(cells[1]))).toContain('in df from load');
    expect(cells[0].node.dataset.mageRole).toBe('in');
    expect(line(cells[2])).toBeNull();
    expect(cells[2].node.className).not.toContain('mage-');
    expect(cells[2].widgets).toHaveLength(2);
  });

  it('shows errors always, a warning on the active cell and else as a mark', async () => {
    const problems = (cell: FakeCell): number =>
      cell.node.querySelectorAll('.mage-CellProblem').length;
    expect([problems(cells[0]), problems(cells[1])]).toEqual([0, 1]);
    expect(line(cells[0])?.querySelector('[data-mark]')).not.toBeNull();
    expect(words(cells[1].node.querySelector('.mage-Squiggle'))).toBe('no');
    await click(cells[1].node, 'Fix');
    expect(actions.fix).toHaveBeenCalledWith(
      analysis.diagnostics[0],
      expect.any(HTMLElement)
    );
    content.activeCell = cells[0];
    (content.activeCellChanged as Signal<object, null>).emit(null);
    await frame();
    expect(problems(cells[0])).toBe(1);
  });

  it('says where code has drifted, and leads there', async () => {
    await click(cells[0].node, 'last run ran other code');
    expect(actions.showDrift).toHaveBeenCalledWith('cell-load', 'run');
  });

  it('tells of the name at the caret, and lifts the cells at its ends', async () => {
    const { editor } = cells[1].editor;
    const lifted = (): boolean[] =>
      cells.map(cell => cell.hasClass('mage-mod-lifted'));
    editor.focus();
    editor.dispatch({ selection: { anchor: 6 } });
    await frame();
    expect(words(line(cells[1]))).toContain('df: 3 × 2 from load, run 4');
    expect(lifted()).toEqual([true, true, false]);
    editor.dispatch({ selection: { anchor: 1 } });
    await frame();
    expect(words(line(cells[1]))).toContain('in df from load');
    expect(lifted()).toEqual([false, false, false]);
  });

  it('takes all away when the analysis knows the cells no more', async () => {
    analysis = analysisOf([]);
    (bench.changed as Signal<object, null>).emit(null);
    await frame();
    expect(cells[1].node.querySelector('.mage-CellProblem')).toBeNull();
    expect(cells[1].node.querySelector('.mage-Squiggle')).toBeNull();
  });
});
