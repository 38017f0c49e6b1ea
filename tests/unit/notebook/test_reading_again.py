"""Reading a notebook again after an edit gives what reading it from nothing gives."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mage_jlab.notebook.cells import WorkbenchReading
from mage_jlab.notebook.document import parse_notebook
from mage_jlab.notebook.reading import Memory, read_workbench
from tests.unit.notebook.test_random_notebooks import NAMES, STATEMENTS

CORPUS = Path(__file__).parents[2] / "fidelity" / "corpus"
TAGS = ("block:transformer", "block:data_loader", "block:chart", "step:one", "parameters", "", "")
WHOLE = (
    "import pandas as pd\nimport numpy as np",
    "from math import *",
    "def grow(p):\n    p.append({n})\n    return p",
    "def ident(p):\n    return p",
    "def fresh(p):\n    return [*p, {n}]",
    "def glob():\n    global {x}\n    {x} = [{n}]",
    "def late():\n    return [{x}, {y}]",
    "class K:\n    def __init__(self, v): self.v = v\n    def push(self, n): self.v.append(n)",
    "class K(list):\n    size = {n}\n{x} = K()",
    "h = {{}}",
    "n = {n}\nm = n + 1\n{x} = f'{{m}}.csv'",
    "pd.set_option('display.max_rows', {n})",
    "np.random.seed({n})",
    "{x} = np.random.rand({n})",
    "np.random.seed(n)\n{x} = list({y})",
    "{x} = pd.DataFrame({{'k': [{n}]}})\n{y} = {x}['k']",
    "{x}['k'] = {y}",
    "{x}.loc[0, 'k'] = {n}",
    "del {x}",
    "import matplotlib.pyplot as plt\nfig, ax = plt.subplots()",
    "plt.title('{n}')\nax.plot({x})",
    "%%sql\n{x} << SELECT * FROM {y}",
    "%sql duckdb:///{n}.db",
    "%%R -i {x} -o {y}\n{y} <- {x}",
    "%pip install p{n}",
    "!ls > {n}.txt",
    "open('{n}.txt', 'w').write(str({x}))\nimport os\nos.chdir('d{n}')",
    "{x} = open('{n}.txt').read()",
    "from collections import namedtuple\nP = namedtuple('P', 'a b')\n{x} = P(1, {n})",
    "@transformer\ndef {x}({y}, **kwargs):\n    np.random.seed({n})\n    return {y}",
    "@transformer\ndef {x}({y}):\n    pd.set_option('display.width', {n})\n    return {y}",
    "x = (",
    "%matplotlib widget\nprint(display)",
    "{x} = lambda q: grow([{y}, q])\n{z} = {x}({n})",
    "",
)

names = st.sampled_from(NAMES)
lines = st.builds(
    lambda text, x, y, z, n: text.format(x=x, y=y, z=z, n=n),
    st.sampled_from((*STATEMENTS, *WHOLE)),
    names,
    names,
    names,
    st.integers(1, 3),
)
texts = st.lists(lines, min_size=1, max_size=3).map("\n".join)
cells = st.tuples(st.sampled_from(TAGS), texts)
edits = st.tuples(
    st.sampled_from(
        (
            "text",
            "text",
            "text",
            "first",
            "last",
            "number",
            "tag",
            "name",
            "insert",
            "delete",
            "move",
        )
    ),
    st.integers(0, 30),
    cells,
)


def cell(identity: int, tag: str, text: str) -> dict[str, Any]:
    return {
        "id": f"c{identity}",
        "cell_type": "code",
        "source": text,
        "metadata": {"tags": [tag]} if tag else {},
    }


def edit(document: dict[str, Any], what: str, at: int, tag: str, text: str, fresh: int) -> None:
    """Change a notebook in place, as somebody does who works on it."""
    every: list[dict[str, Any]] = document["cells"]
    at %= len(every)
    one = every[at]
    if what == "text":
        one["source"] = text
    elif what == "first":
        one["source"] = f"{text}\n{one['source']}"
    elif what == "last":
        one["source"] = f"{one['source']}\n{text}"
    elif what == "number":
        one["source"] = one["source"].replace("1", "41")
    elif what == "tag":
        one["metadata"]["tags"] = [tag] if tag else []
    elif what == "name":
        one["metadata"].setdefault("mage", {})["name"] = f"block_{fresh % 3}"
    elif what == "insert":
        every.insert(at, cell(fresh, tag, text))
    elif what == "delete" and len(every) > 1:
        del every[at]
    else:
        every.insert(len(every) // 2, every.pop(at))


def assert_same(document: dict[str, Any], memory: Memory) -> None:
    again = read_workbench(document, path="p.ipynb", pipeline="p", memory=memory)
    anew = read_workbench(copy.deepcopy(document), path="p.ipynb", pipeline="p")
    for part in fields(WorkbenchReading):
        assert getattr(again, part.name) == getattr(anew, part.name), part.name


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(st.lists(cells, min_size=4, max_size=12), st.lists(edits, min_size=4, max_size=12))
def test_edits_are_read_as_from_nothing(
    given_cells: list[tuple[str, str]], done: list[tuple[str, int, tuple[str, str]]]
) -> None:
    document = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [cell(at, tag, text) for at, (tag, text) in enumerate(given_cells)],
    }
    memory = Memory()
    assert_same(document, memory)
    for number, (what, at, (tag, text)) in enumerate(done):
        edit(document, what, at, tag, text, 100 + number)
        assert_same(document, memory)


PUBLIC = sorted(CORPUS.rglob("*.ipynb"))


@pytest.mark.parametrize("path", PUBLIC[::12], ids=lambda path: path.stem)
def test_edits_of_public_notebooks_are_read_as_from_nothing(path: Path) -> None:
    document = parse_notebook(path.read_text(encoding="utf-8"))
    code = [one for one in document["cells"] if one["cell_type"] == "code"]
    for one in code:
        one["metadata"] = {"tags": ["block:transformer"]} if "import " not in str(one) else {}
    memory = Memory()
    assert_same(document, memory)
    for one in code[::3]:
        kept = "".join(one["source"])
        for changed in (f"z = 1\n{kept}", kept.replace('"', "'"), f"{kept}\nz = 2", kept):
            one["source"] = changed
            assert_same(document, memory)


def test_a_notebook_that_changes_under_our_hands_is_read_as_it_is() -> None:
    document = json.loads(
        json.dumps(
            {
                "nbformat": 4,
                "nbformat_minor": 5,
                "metadata": {},
                "cells": [cell(0, "block:data_loader", "a = 1"), cell(1, "block:chart", "a + 1")],
            }
        )
    )
    memory = Memory()
    assert_same(document, memory)
    before = copy.deepcopy(document)
    document["cells"][1]["metadata"]["mage"] = {"configuration": {"chart": "bar"}}
    assert_same(document, memory)
    document["cells"][1]["metadata"]["mage"]["configuration"]["chart"] = "line"
    assert_same(document, memory)
    assert_same(before, memory)


def test_a_block_that_gets_another_name_is_named_so_in_the_problems_of_others() -> None:
    cells_ = [
        ("block:custom", "q = 1"),
        ("block:custom", "q = [1]\nb = q"),
        ("block:custom", "q.append(2)\nb.append(3)"),
    ]
    # The first block takes the name that the second one had.
    assert_same_after(cells_, 0, lambda one: one["metadata"].update(mage={"name": "b"}))


def test_a_problem_on_another_cell_moves_with_its_line() -> None:
    cells_ = [("block:custom", "a = [1]"), ("", "a = [2]"), ("block:custom", "c = a")]
    assert_same_after(cells_, 1, lambda one: one.update(source="\n\na = [2]"))


def assert_same_after(
    given_cells: list[tuple[str, str]], at: int, change: Callable[[dict[str, Any]], None]
) -> None:
    document: dict[str, Any] = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [cell(index, tag, text) for index, (tag, text) in enumerate(given_cells)],
    }
    memory = Memory()
    before = read_workbench(document, path="p.ipynb", pipeline="p", memory=memory)
    change(document["cells"][at])
    assert_same(document, memory)
    after = read_workbench(document, path="p.ipynb", pipeline="p", memory=memory)
    assert before.analysis.diagnostics != after.analysis.diagnostics
