import type { NotebookPanel } from '@jupyterlab/notebook';

import { Workbench, Mage } from '../../../labextension/src/model';
import {
  ExportModel,
  homeOf,
  wayTo
} from '../../../labextension/src/export/model';
import { runNotebook } from '../../../labextension/src/export/run';
import type { IWorkbenches } from '../../../labextension/src/tokens';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';
import { analysisOf, blockOf, lastRunOf, problemOf } from '../analyses';
import { notebookOf } from '../notebooks';
import { FakeEvents, Refusal, until, Wire } from '../wire';

const project = { id: 'p', uuid: 'u', name: 'work', path: 'work' };
const path = 'work/notebooks/n.ipynb';
const changed = (name: string, kind = 'changed') => ({
  path: `transformers/${name}.py`,
  kind,
  before: 'a\n',
  after: 'b\n',
  diff: '',
  cell_id: `cell-${name}`,
  used_by: name === 'b' ? ['fares'] : []
});
const ran = (block: string, seconds: number) => ({
  block,
  state: 'success',
  cached: false,
  started_at: '2026-11-24T02:30:00Z',
  ended_at: `2026-11-24T02:30:0${seconds}Z`
});
const outcome = (others: object = {}) => ({
  pipeline: 'n',
  written: [],
  unchanged: [],
  removed: [],
  conflicts: [],
  diagnostics: [],
  changes: [changed('same', 'same'), changed('b'), changed('a', 'new')],
  fingerprint: 'seen',
  project,
  ...others
});

describe('an export', () => {
  let wire: Wire;
  let mage: Mage;
  let bench: Workbench;
  let saved: jest.Mock;
  let model: ExportModel;
  let benches: IWorkbenches;

  beforeEach(async () => {
    const analysis = analysisOf([
      blockOf('a'),
      blockOf('b', { a: 'a.a' }),
      blockOf('c', { b: 'b.b' }),
      blockOf('same')
    ]);
    wire = new Wire()
      .on('GET projects', { items: [], next: null })
      .on('GET engine', {})
      .on('GET projects/p/triggers', { items: [], next: null })
      .on('GET runs', { items: [{ id: 'r1' }], next: null })
      .on('GET runs/r1', { block_runs: [ran('a', 2), ran('c', 3)] })
      .on('POST notebooks/check', { analysis, project })
      .on('POST notebooks/export', outcome());
    mage = new Mage({
      serverSettings: wire.settings,
      events: new FakeEvents()
    } as never);
    bench = new Workbench({
      model: notebookOf({ source: 'a = 1', tags: ['block:custom'] }),
      path: () => path,
      client: mage.client.notebooks,
      last: lastRunOf()
    });
    saved = jest.fn(() => Promise.resolve());
    const panel = { context: { save: saved } } as unknown as NotebookPanel;
    benches = {
      find: (asked: string) => (asked === path ? panel : null),
      of: () => bench
    } as unknown as IWorkbenches;
    await until(() => bench.analysis !== null);
    model = new ExportModel(mage, benches, path);
    await model.read();
  });

  afterEach(() => {
    model.dispose();
    bench.dispose();
    mage.projects.dispose();
    mage.engine.dispose();
  });

  const writes = (): object[] =>
    (wire.bodies('POST notebooks/export') as { dry_run: boolean }[]).filter(
      body => !body.dry_run
    );

  it('says first what it would do, from the unsaved text', () => {
    expect(model.stage).toBe('ready');
    expect(model.changes.map(({ kind }) => kind)).toEqual([
      'changed',
      'new',
      'same'
    ]);
    expect(model.count).toBe(2);
    expect(writes()).toEqual([]);
    expect(wire.bodies('POST notebooks/export')[0]).toMatchObject({
      path,
      dry_run: true,
      notebook: { cells: [{ source: 'a = 1' }] }
    });
  });

  it('names the blocks that become stale: the changed ones and all below', () => {
    expect(model.stale).toEqual({ changed: ['a', 'b'], all: ['a', 'b', 'c'] });
  });

  it('says how long the stale blocks take, and which pipelines share them', () => {
    expect(model.again).toBe(5000);
    expect(model.others).toEqual([
      { pipeline: 'fares', files: ['transformers/b.py'] }
    ]);
  });

  it('lists the files that stay, of which it knows the path alone', async () => {
    wire.on('POST notebooks/export', outcome({ unchanged: ['x/y.py'] }));
    await model.read();
    expect(model.changes[3]).toMatchObject({ path: 'x/y.py', kind: 'same' });
    expect(model.count).toBe(2);
  });

  it('writes what was seen, then the notebook its key through the live model, and saves', async () => {
    wire.on('POST notebooks/export', outcome({ written: ['x.py'] }));
    bench.model.dirty = true;
    expect(await model.write()).toBe(true);
    expect(model.stage).toBe('written');
    expect(writes()).toMatchObject([{ dry_run: false, expected: 'seen' }]);
    expect(bench.model.getMetadata('mage')).toEqual({
      pipeline: 'n',
      project: '..'
    });
    expect(saved).toHaveBeenCalledTimes(1);
  });

  it('leaves the key of a notebook that has one', async () => {
    bench.model.setMetadata('mage', { pipeline: 'other', project: '../..' });
    await model.read();
    await model.write();
    expect(bench.model.getMetadata('mage')).toEqual({
      pipeline: 'other',
      project: '../..'
    });
  });

  it('shows conflicts that came between, with nothing written and nothing saved', async () => {
    const conflicts = [{ path: 'b.py', block: 'b', message: 'It changed.' }];
    const refusal = new Refusal(409, {
      ...outcome({ conflicts }),
      message: ''
    });
    wire.on('POST notebooks/export', refusal);
    expect(await model.write()).toBe(false);
    expect(model.outcome?.conflicts).toEqual(conflicts);
    expect(model.stage).toBe('ready');
    expect(saved).not.toHaveBeenCalled();
  });

  it('counts the problems that stop it', async () => {
    const note = { ...problemOf('c0', 1, 1, 2), severity: 'info' };
    const diagnostics = [problemOf('c0', 1, 1, 2), note];
    wire.on('POST notebooks/export', outcome({ diagnostics }));
    await model.read();
    expect(model.problems).toHaveLength(1);
  });

  it('tells why it could not be read, and can be read again', async () => {
    wire.on('POST notebooks/export', new Refusal(422, { message: 'Line 3.' }));
    await model.read();
    expect([model.stage, model.error?.message]).toEqual(['failed', 'Line 3.']);
    wire.on('POST notebooks/export', outcome());
    await model.read();
    expect([model.stage, model.error]).toEqual(['ready', null]);
  });

  it('offers a project to a notebook that lies in none', async () => {
    wire.on('POST notebooks/check', {
      analysis: analysisOf([]),
      project: null
    });
    await model.read();
    expect(model.stage).toBe('homeless');
    wire.on('POST projects', project);
    wire.on('POST notebooks/check', { analysis: analysisOf([]), project });
    await model.makeProject();
    expect(wire.bodies('POST projects')).toEqual([
      { path: 'work', create: true }
    ]);
    expect(model.stage).toBe('ready');
  });

  it('comes before a run where the files differ, and only there', async () => {
    const opened: unknown[] = [];
    const commands = new CommandRegistry();
    commands.addCommand('mage-jlab:open-run', {
      describedBy: { args: {} },
      execute: args => opened.push(args)
    });
    const context = { mage, commands, trans: nullTranslator.load('mage_jlab') };
    const preview = jest.fn();
    await runNotebook(context, bench, { from: 'b' }, preview);
    expect(preview).toHaveBeenCalledTimes(1);
    expect(wire.bodies('POST runs')).toEqual([]);
    wire
      .on('POST notebooks/export', outcome({ changes: [changed('a', 'same')] }))
      .on('POST runs', { id: 'r1' });
    await runNotebook(context, bench, { from: 'b' }, preview);
    expect(preview).toHaveBeenCalledTimes(1);
    expect(wire.bodies('POST runs')).toEqual([
      { project: 'p', pipeline: 'n', from: 'b' }
    ]);
    expect(opened).toEqual([{ run: 'r1' }]);
  });
});

describe('the folder of a project', () => {
  it('is the notebook’s, or the one above when that is called notebooks', () => {
    expect(homeOf('work/notebooks/n.ipynb')).toBe('work');
    expect(homeOf('work/n.ipynb')).toBe('work');
    expect(homeOf('n.ipynb')).toBe('');
  });

  it('is found from the notebook', () => {
    expect(wayTo('work', 'work/notebooks/n.ipynb')).toBe('..');
    expect(wayTo('work', 'work/n.ipynb')).toBe('.');
    expect(wayTo('', 'a/b/n.ipynb')).toBe('../..');
  });
});
