import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';

import { nameAt, watchNames } from '../../../labextension/src/cells/names';

const at = (text: string): string | null => {
  const position = text.indexOf('|');
  const state = EditorState.create({ doc: text.replace('|', '') });
  return nameAt(state, position)?.text ?? null;
};

describe('the name at a place', () => {
  it.each([
    ['fli|ghts.head()', 'flights'],
    ['|flights', 'flights'],
    ['flights|', 'flights'],
    ['    flig|hts = 1', 'flights'],
    ['x = 1 + flig|hts', 'flights'],
    ['f"{flig|hts}"', 'flights'],
    ['a\nflig|hts', 'flights'],
    ['df.flig|hts', null],
    ['df["flig|hts"]', null],
    ['# flig|hts', null],
    ['1e|5', null],
    ['x |= 1', null]
  ])('in %s is %s', (text, name) => {
    expect(at(text)).toBe(name);
  });
});

describe('an editor that is watched', () => {
  it('tells of the name at the caret while it has the focus', () => {
    const view = new EditorView({ doc: 'a = flights', parent: document.body });
    const onCaret = jest.fn();
    const listener = { sentence: () => null, onHover: jest.fn(), onCaret };
    watchNames({ editor: view } as never, listener);
    watchNames({ editor: view } as never, listener);
    view.dispatch({ selection: { anchor: 6 } });
    expect(onCaret).toHaveBeenLastCalledWith(null);
    view.focus();
    view.dispatch({ selection: { anchor: 7 } });
    expect(onCaret).toHaveBeenLastCalledWith('flights');
    onCaret.mockClear();
    view.dispatch({ selection: { anchor: 4, head: 8 } });
    expect(onCaret.mock.calls).toEqual([[null]]);
    view.destroy();
  });
});
