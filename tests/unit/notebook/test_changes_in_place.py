"""What is known of libraries: which calls and statements change their object in place.

Each line is tried three ways: in a block it must give what the notebook gives, in an untagged cell
it must be refused when it changes something, and be free when it changes nothing.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.notebook.oracle import Cells, at_once, codes, compare, notebook, read

HEAD = """import bisect, collections, copy, csv, heapq, io, json, math, operator, random, sqlite3
import numpy as np
import pandas as pd
import polars as pl
import matplotlib
matplotlib.use('Agg')
import matplotlib.pyplot as plt"""

FRAME = "x = pd.DataFrame({'a': [3, 1, 2], 'b': [1.5, None, 2.5]})"
SERIES = "x = pd.Series([3, 1, 2], name='s')"
ARRAY = "x = np.array([3, 1, 2])"
GRID = "x = np.arange(9).reshape(3, 3)"
LIST = "x = [3, 1, 2]"
DICT = "x = {'a': [1], 'b': [2]}"
SET = "x = {1, 2}"
DEQUE = "x = collections.deque([3, 1, 2])"
POLARS = "x = pl.DataFrame({'a': [3, 1, 2]})"
OBJECT = "class Box:\n    pass\nx = Box()\nx.v = [1]"

CHANGES: dict[str, list[str]] = {
    FRAME: [
        "x['c'] = 1",
        "x.loc[0, 'a'] = 9",
        "x.loc[x.a > 1, 'b'] = 0.5",
        "x.iloc[0, 0] = 9",
        "x.at[0, 'a'] = 9",
        "x.iat[0, 0] = 9",
        "x.columns = ['p', 'q']",
        "x.index = [5, 6, 7]",
        "x.index.name = 'k'",
        "x.columns.name = 'k'",
        "x.attrs['source'] = 'a'",
        "x.insert(0, 'z', 1)",
        "x.pop('a')",
        "del x['a']",
        "x.update(pd.DataFrame({'a': [7, 7, 7]}))",
        "x.eval('c = a + 1', inplace=True)",
        "x.query('a > 1', inplace=True)",
        "x.drop(columns='a', inplace=True)",
        "x.rename(columns={'a': 'z'}, inplace=True)",
        "x.sort_values('a', inplace=True)",
        "x.set_index('a', inplace=True)",
        "x.reset_index(inplace=True)",
        "x.fillna(0, inplace=True)",
        "x.dropna(inplace=True)",
        "x.replace(1, 5, inplace=True)",
        "x.drop_duplicates(inplace=True)",
        "x.a += 1",
        "x[['a', 'b']] = 0",
        "x.a = 5",
        "setattr(x, 'a', 5)",
        "x.__setitem__('c', 1)",
        "operator.setitem(x, 'c', 1)",
        "for c in x.columns:\n    x[c] = 0",
        "x.rename_axis('rows', inplace=True)",
        "x.clip(upper=2, inplace=True)",
        "x.mask(x > 2, 0, inplace=True)",
        "x.where(x > 2, 0, inplace=True)",
        "x.ffill(inplace=True)",
        "x.index.names = ['k']",
        "x.columns = x.columns.str.upper()",
        "x.flags.allows_duplicate_labels = False",
    ],
    SERIES: [
        "x[0] = 9",
        "x.loc[0] = 9",
        "x.name = 't'",
        "x.index = list('abc')",
        "x.pop(0)",
        "x.update(pd.Series([7, 7, 7]))",
        "x += 1",
        "x *= 2",
        "x.iloc[1:] = 0",
        "x.sort_values(inplace=True)",
        "x.drop(0, inplace=True)",
        "x.rename('t', inplace=True)",
        "del x[0]",
    ],
    ARRAY: [
        "x[0] = 9",
        "x[x > 1] = 0",
        "x += 1",
        "x.sort()",
        "x.fill(4)",
        "x.put([0], [9])",
        "x.partition(1)",
        "x.shape = (3, 1)",
        "np.put(x, [0], [9])",
        "np.copyto(x, [7, 7, 7])",
        "np.place(x, x > 1, [0])",
        "np.putmask(x, x > 1, 0)",
        "np.put_along_axis(x, np.array([0]), 9, 0)",
        "np.add(x, 1, out=x)",
        "np.add.at(x, [0, 0], 1)",
        "np.random.default_rng(3).shuffle(x)",
        "np.random.seed(1)\nnp.random.shuffle(x)",
        "x.setfield(9, 'i4')",
        "x[...] = 0",
        "np.multiply(x, 2, x)",
        "np.clip(x, 0, 1, out=x)",
        "np.ndarray.sort(x)",
        "y = x[:2]\ny[0] = 50",
        "y = x.reshape(3, 1)\ny[0] = 50",
        "y = np.ravel(x)\ny[0] = 50",
        "y = x.view()\ny[0] = 50",
        "y = np.asarray(x)\ny[0] = 50",
        "y = np.array(x, copy=False)\ny[0] = 50",
        "y = x.astype(x.dtype, copy=False)\ny[0] = 50",
        "for v in np.nditer(x, op_flags=['readwrite']):\n    v[...] = 4",
        "x.flat[0] = 7",
    ],
    GRID: [
        "np.fill_diagonal(x, 5)",
        "x.T[0, 1] = 70",
        "for row in x:\n    row[0] = 5",
        "x[0][1] = 70",
        "np.diagonal(x).copy()\nx[0, 0] = 4",
        "y = np.transpose(x)\ny[0, 1] = 3",
        "np.einsum('ii->i', x)[:] = 1",
    ],
    LIST: [
        "x.append(4)",
        "x.extend([4])",
        "x += [4]",
        "x.sort()",
        "x.reverse()",
        "x.insert(0, 1)",
        "x.pop()",
        "x.remove(1)",
        "x.clear()",
        "x[0] = 9",
        "x[:1] = []",
        "del x[0]",
        "x *= 2",
        "random.Random(1).shuffle(x)",
        "random.seed(2)\nrandom.shuffle(x)",
        "heapq.heapify(x)",
        "heapq.heappush(x, 0)",
        "heapq.heappop(x)",
        "heapq.heapreplace(x, 0)",
        "heapq.heappushpop(x, 8)",
        "bisect.insort(x, 2)",
        "bisect.insort_left(x, 2)",
        "bisect.insort_right(x, 2)",
        "list.append(x, 4)",
        "operator.setitem(x, 0, 5)",
        "operator.delitem(x, 0)",
        "operator.iadd(x, [5])",
        "any(x.append(v) for v in [1])",
        "f = x.append\nf(7)",
        "[x.append(v) for v in (1, 2)]",
        "list(map(x.append, [1, 2]))",
        "collections.deque(map(x.append, [1]), maxlen=0)",
    ],
    DICT: [
        "x['c'] = 1",
        "x.setdefault('c', 1)",
        "x.update(c=1)",
        "x |= {'c': 1}",
        "x.pop('a')",
        "x.popitem()",
        "x.clear()",
        "del x['a']",
        "x['a'].append(2)",
        "x.get('a').append(2)",
        "x.setdefault('a', []).append(2)",
        "for k, v in x.items():\n    v.append(k)",
        "for v in x.values():\n    v.append(0)",
        "copy.copy(x)['a'].append(3)",
        "dict(x)['a'].append(3)",
        "next(iter(x.values())).append(4)",
        "list(x.values())[0].append(4)",
        "sorted(x.values())[0].append(4)",
        "dict.update(x, c=1)",
    ],
    SET: [
        "x.add(3)",
        "x.discard(1)",
        "x.remove(1)",
        "x.update([4])",
        "x |= {5}",
        "x -= {1}",
        "x &= {1}",
        "x ^= {1}",
        "x.pop()",
        "x.clear()",
        "x.difference_update([1])",
        "x.intersection_update([1])",
        "x.symmetric_difference_update([1])",
    ],
    DEQUE: [
        "x.appendleft(0)",
        "x.append(0)",
        "x.extendleft([0])",
        "x.popleft()",
        "x.rotate(1)",
        "x.reverse()",
        "x.pop()",
    ],
    "x = collections.Counter('abc')": ["x.subtract('a')", "x.update('a')", "x['a'] += 1"],
    "x = collections.defaultdict(list)": ["x['a'].append(1)"],
    "x = collections.OrderedDict(a=1, b=2)": ["x.move_to_end('a')", "x.popitem(last=False)"],
    "x = bytearray(b'abc')": ["x[0] = 65", "x.extend(b'd')", "x.append(1)"],
    POLARS: [
        "x[0, 'a'] = 9",
        "x.insert_column(0, pl.Series('z', [1, 2, 3]))",
        "x.replace_column(0, pl.Series('z', [1, 2, 3]))",
        "x.drop_in_place('a')",
        "x.extend(pl.DataFrame({'a': [9]}))",
        "x.columns = ['q']",
        "x.vstack(x, in_place=True)",
    ],
    "x = pl.Series('s', [3, 1, 2])": ["x[0] = 9", "x.append(pl.Series('s', [4]))"],
    OBJECT: [
        "x.w = 1",
        "setattr(x, 'w', 1)",
        "delattr(x, 'v')",
        "x.v.append(2)",
        "x.__dict__['w'] = 2",
        "vars(x)['w'] = 2",
        "x.__dict__.update(w=3)",
    ],
}

PURE: dict[str, list[str]] = {
    FRAME: [
        "x.head()",
        "x.describe()",
        "x.info()",
        "x",
        "print(x)",
        "len(x)",
        "x.shape",
        "x.a.plot()",
        "x.hist()",
        "x.groupby('a').b.sum()",
        "x.drop(columns='a')",
        "x.sort_values('a')",
        "x.a.apply(lambda v: v + 1)",
        "x.isna().sum()",
        "x.a.value_counts()",
        "x[x.a > 1]",
        "from IPython.display import display\ndisplay(x)",
        "x.to_dict()",
        "_fig, _ax = plt.subplots()\n_ax.plot(x.a)",
        "x.style",
        "x.columns.tolist()",
        "y = x.copy()\ny['c'] = 1",
        "y = x.drop(columns='a')\ny['c'] = 1",
        "y = x[x.a > 1]\ny['c'] = 1",
        "plt.plot(x.a, x.b)",
        "plt.scatter(x=x.a, y=x.b)\nplt.title('t')",
        "x.T",
        "sorted(x.a)",
        "x.a.unique(), x.a.nunique()",
        "x.corr()",
        "for c in x:\n    print(c)",
        "assert len(x) == 3",
        "x.eval('a + 1')",
        "x.memory_usage()",
    ],
    ARRAY: [
        "np.sort(x)",
        "x.mean()",
        "np.append(x, 4)",
        "np.insert(x, 0, 4)",
        "np.delete(x, 0)",
        "x.copy().sort()",
        "x + 1",
        "plt.hist(x)",
        "y = np.zeros_like(x)\ny[0] = 1",
    ],
    LIST: [
        "sorted(x)",
        "sum(x)",
        "x.index(1)",
        "x.count(1)",
        "json.dumps(x)",
        "x[0]",
        "list(reversed(x))",
        "y = list(x)\ny.append(1)",
        "y = x[:]\ny.append(1)",
        "heapq.nsmallest(2, x)",
        "bisect.bisect(x, 2)",
        "random.Random(1).sample(x, 2)",
    ],
    DICT: ["x.get('a')", "x.keys()", "list(x.items())", "y = copy.deepcopy(x)\ny['a'].append(1)"],
    POLARS: [
        "x.head()",
        "x.describe()",
        "x.with_columns(pl.col('a') + 1)",
        "x.filter(pl.col('a') > 1)",
        "x.sort('a')",
        "x.drop('a')",
        "x.glimpse()",
    ],
}


def _cells(make: str, line: str, tag: str, last: str = "out = x") -> Cells:
    return [("", HEAD), ("block:data_loader", make), (tag, line), ("block:custom", last)]


def _all(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(make, line) for make, lines in table.items() for line in lines]


@pytest.mark.parametrize(("make", "line"), _all(CHANGES) + _all(PURE))
def test_a_block_gives_what_the_notebook_gives(make: str, line: str, tmp_path: Path) -> None:
    cells = _cells(
        make, line, "block:transformer", "out = x.__dict__" if make == OBJECT else "out = x"
    )
    reading = read(*cells)
    if not codes(reading):
        compare(notebook(*cells), reading, tmp_path, session=at_once)


@pytest.mark.parametrize(("make", "line"), _all(CHANGES))
def test_a_change_in_an_untagged_cell_is_refused(make: str, line: str) -> None:
    assert codes(read(*_cells(make, line, "")))


@pytest.mark.parametrize(("make", "line"), _all(PURE))
def test_a_look_in_an_untagged_cell_is_free(make: str, line: str) -> None:
    assert codes(read(*_cells(make, line, ""))) == []


@pytest.mark.parametrize(("make", "line"), _all(PURE))
def test_a_look_in_a_block_changes_nothing(make: str, line: str) -> None:
    reading = read(*_cells(make, line, "block:transformer"))
    assert reading.analysis.blocks[2].inputs == {"x": "x.x"}
