"""Shapes met in public notebooks, reduced: what reads what, and what must not be refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from mage_jlab.notebook.cells import WorkbenchReading
from mage_jlab.notebook.document import Notebook
from mage_jlab.notebook.fixing import mend
from mage_jlab.notebook.reading import read_workbench
from tests.unit.notebook.oracle import at_once, codes, compare, notebook, read

Cells = list[tuple[str, str]]

_IMPORTS = """import numpy as np
import pandas as pd
from library import arch_model, check, make_filter, plot_series, stepwise, thinkplot
from sklearn.ensemble import RandomForestClassifier, VotingClassifier
from sklearn.pipeline import Pipeline
from statsmodels.api import OLS"""
_BANK = "class Bank:\n    def __init__(self, rows):\n        self.rows = rows\n"


def _read(document: Notebook) -> WorkbenchReading:
    return read_workbench(document, path="notebooks/p.ipynb", pipeline="p")


def _cells(*sources: str) -> Cells:
    return [("", _IMPORTS), *(("block:custom", source) for source in sources)]


RIGHT = {
    "a fitted model leaves the data alone that it holds": (
        "y = pd.Series([1.0, 2.0])\nx = pd.Series([1.0, 3.0])",
        "model = arch_model(y, x=x)",
        "res = model.fit()",
        "print(y.mean(), model)",
    ),
    "an ensemble fits copies of its parts": (
        "forest = RandomForestClassifier(random_state=1)\nX, y = [[1], [2]], [0, 1]",
        "voting = VotingClassifier([('rf', forest)])\nvoting.fit(X, y)",
        "print(forest)",
    ),
    "an unknown function whose value is used makes something new": (
        "wave = thinkplot.read()",
        "low = make_filter(wave)",
        "low.cutoff = 2000",
        "print(wave)",
    ),
    "an unknown function that plots": (
        "a, b = [1], [2]\npair = [a, b]",
        "plot_series(a, b)\ncheck(pair)",
        "print(a, pair)",
    ),
    "an unknown method whose value is used makes something new": (
        "spectrum = thinkplot.read()",
        "wave = spectrum.make_wave()",
        "wave.normalize()\nprint(1)",
        "print(spectrum)",
    ),
    "a last expression is displayed, not called for a change": (
        "graph = thinkplot.graph()\nother = [graph]",
        "graph.neighbours(3)",
        "print(other, graph)",
    ),
    "a function that is handed to an unknown one is not kept": (
        "X = pd.DataFrame({'a': [1]})",
        "def score(columns):\n    return X[columns].sum()\n\nbest = stepwise(X.columns, score)",
        "X = X + 1",
        "print(best)",
    ),
    "a method of the notebook's own class that only looks": (
        _BANK + "    def pay(self):\n        return len(self.rows)\n",
        "rows = [1]\nbank = Bank(rows)",
        "bank.pay()\nprint(1)",
        "print(rows, bank)",
    ),
    "draws that no seed makes repeatable": (
        "a = np.random.rand(3)",
        "b = np.random.rand(3)",
        "print(a, b)",
    ),
    "words of people that are no SQL": (
        'def update(pmf):\n    """Update the chances."""\n    return pmf * 2\n',
        "pmf = 1",
        "print('Copy the lines from the table')\nthe = update(pmf)",
        "print('Join the rows', the)",
    ),
    "a name of Python 2 where no Python 3 comes": (
        "import sys\ntext = 'a'",
        "if sys.version_info < (3, 0):\n    text = unicode(text)\nprint(text)",
    ),
    "a star import in the cell that needs it": ("from sympy import *\ninit_printing()",),
    "a star import below what it is not likely to bind": (
        "frame = pd.DataFrame({'a': [1]})",
        "from plotly.graph_objs import *",
        "print(frame, Figure)",
    ),
    "a name of no cell where no line comes that reads it": (
        "def turn(kind):\n    return kind if kind in 'ab' else valueError(kind)",
        "try:\n    x = turn('a')\nexcept HTTPError:\n    x = xrange(3)",
        "y = x if x else unicode(x)\nprint(y)",
    ),
    "results of a model that is fitted again": (
        "y = [1.0, 2.0]\nmodel = OLS(y)\nresults = model.fit()",
        "again = model.fit()",
        "print(results, again, y)",
    ),
}
"""Notebooks that are pipelines as they stand."""


@pytest.mark.parametrize("name", RIGHT)
def test_what_a_person_would_not_refuse(name: str) -> None:
    assert codes(read(*_cells(*RIGHT[name]))) == []


REFUSED = {
    "a pipeline fits its own parts": (
        "forest = RandomForestClassifier()\npipe = Pipeline([('rf', forest)])",
        "pipe.fit([[1]], [1])",
        "print(forest)",
    ),
    "a part of an unknown object": (
        "model = thinkplot.read()\nlayer = model.get_layer(1)",
        "layer.trainable = False",
        "print(model)",
    ),
    "a method that calls one that changes": (
        _BANK
        + "    def pay(self):\n        self._note()\n"
        + "    def _note(self):\n        self.rows.append(1)\n",
        "rows = [1]\nbank = Bank(rows)",
        "paid = bank.pay()",
        "print(rows, bank)",
    ),
}
"""Notebooks where a run would differ."""


@pytest.mark.parametrize("name", REFUSED)
def test_what_a_person_would_refuse(name: str) -> None:
    assert "shared-object" in [code for code, _ in codes(read(*_cells(*REFUSED[name])))]


EDGES = {
    "an unknown method called for itself": (
        "pmf = thinkplot.read()",
        "pmf.low_pass(3)\nprint(pmf)",
        "print(pmf)",
    ),
}
"""Notebooks whose last block reads what the one before has changed."""


@pytest.mark.parametrize("name", EDGES)
def test_what_is_read_from_where(name: str) -> None:
    reading = read(*_cells(*EDGES[name]))
    changer, reader = reading.analysis.blocks[-2:]
    assert reader.inputs == {"pmf": f"{changer.name}.pmf"}


def test_a_generators_state_is_handed_on_from_block_to_block(tmp_path: Path) -> None:
    cells = (
        ("", "import numpy as np\nimport random\nnp.random.seed(1)\nrandom.seed(2)"),
        ("block:data_loader", "x = np.random.rand(3)\nx"),
        ("block:custom", "y = np.random.rand(3) + random.random()"),
        ("block:custom", "z = np.random.rand(3) - random.random()\nprint(z)"),
    )
    mended = mend(notebook(*cells), _read).notebook
    assert [cell["source"].split("\n") for cell in mended["cells"]][1:] == [
        ["x = np.random.rand(3)", "numpy_state = np.random.get_state()", "x"],
        [
            "np.random.set_state(numpy_state)",
            "y = np.random.rand(3) + random.random()",
            "random_state = random.getstate()",
            "numpy_state = np.random.get_state()",
        ],
        [
            "np.random.set_state(numpy_state)",
            "random.setstate(random_state)",
            "z = np.random.rand(3) - random.random()",
            "print(z)",
        ],
    ]
    assert codes(_read(mended)) == []
    assert [block.name for block in _read(mended).blocks] == ["x", "y", "z"]
    compare(mended, _read(mended), tmp_path)


def test_a_model_that_cannot_travel_is_read_where_it_was_made(tmp_path: Path) -> None:
    cells = (
        ("", "import pandas as pd\nimport statsmodels.formula.api as smf"),
        ("block:custom", "df = pd.DataFrame({'x': [1.0, 2.0, 4.0], 'y': [1.0, 3.0, 2.0]})"),
        (
            "block:custom",
            "def double(x):\n    return 2 * x\n\nfit = smf.ols('y ~ double(x)', df).fit()",
        ),
        ("block:custom", "rates = fit.params.to_dict()"),
    )
    assert ("cannot-travel", 3) in codes(_read(notebook(*cells)))
    mended = _read(mend(notebook(*cells), _read).notebook)
    assert codes(mended) == []
    assert [block.results for block in mended.blocks] == [["df"], ["rates"]]
    compare(mend(notebook(*cells), _read).notebook, mended, tmp_path, session=at_once)


def test_a_name_of_no_cell_that_is_surely_read_is_refused() -> None:
    assert codes(read(*_cells("x = [1]", "for one in x:\n    print(xrange(one))"))) == [
        ("hidden-state", 2)
    ]


def test_a_loops_name_from_above_is_read_only_where_it_is_needed() -> None:
    loops = ("for i in x:\n    print(i)", "for i in x:\n    print(-i)")
    reading = read(*_cells("x = [1, 2]", *loops))
    assert [list(block.inputs) for block in reading.analysis.blocks] == [[], ["x"], ["x"]]
    reading = read(*_cells("x = [1, 2]", *loops, "print(i)"))
    assert [list(block.inputs) for block in reading.analysis.blocks[2:]] == [["x", "i"], ["i"]]


def test_draws_that_no_cell_seeds_are_said_and_not_refused() -> None:
    draws = _cells("a = np.random.rand(3)", "b = np.random.rand(3)", "c = a + b")
    assert codes(read(*draws), "warning", "error") == [("shared-rng", 2)]
    assert codes(read(*draws), "error") == []
    assert codes(read(*draws[:2]), "warning", "error") == []
    seeded = [("", f"{_IMPORTS}\nnp.random.seed(1)"), *draws[1:]]
    assert codes(read(*seeded), "error") == [("shared-rng", 2)]
