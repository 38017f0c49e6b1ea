"""Fixes: the notebook gives what it gave, and the diagnostic is gone."""

from __future__ import annotations

import itertools
from functools import partial
from pathlib import Path
from typing import Any

import cloudpickle
import pytest

from mage_jlab.domain.analysis import DiagnosticPlace
from mage_jlab.domain.errors import NotFoundError, UnprocessableError
from mage_jlab.notebook.cells import WorkbenchReading
from mage_jlab.notebook.document import Notebook
from mage_jlab.notebook.fixing import ACTS, carry_out, mend
from mage_jlab.notebook.reading import read_workbench
from tests.unit.notebook.corpus import REFUSED, Cells
from tests.unit.notebook.oracle import apart, at_once, codes, notebook, run_notebook, same

CHANGES_THE_SESSION = [
    "plt",
    "set_",
    "setattr",
    "rcParams",
    "environ",
    "patch",
    "Warning",
    "seterr",
    "duckdb",
    "open(",
]
L, T, C, E = "block:data_loader", "block:transformer", "block:custom", "block:data_exporter"

FOR_A_PERSON = frozenset(
    ["syntax", "not-python", "magic", "cycle", "block-type", "unknown-code", "sql-result"]
)
"""What only a person can mend, or decide."""
LEFT_OUT = frozenset(
    [
        # These do not run from the top.
        "a name of nowhere",
        "a name of below",
        "a deleted name",
        "captured output",
        "an unknown function in an untagged cell",
        "streams",
        # A function cell cannot be joined with others.
        "a setting in a function cell",
    ]
)
MENDED = {
    name: given
    for name, given in REFUSED.items()
    if given[0] not in FOR_A_PERSON and name not in LEFT_OUT
}


def read_it(document: Notebook) -> WorkbenchReading:
    return read_workbench(document, path="notebooks/p.ipynb", pipeline="p")


def left(document: Notebook, folder: Path) -> dict[str, bytes]:
    """Run a notebook; give the names that it leaves."""
    folder.mkdir(parents=True)
    return list(run_notebook(document, folder).values())[-1]


def assert_same_names(before: dict[str, bytes], after: dict[str, bytes]) -> None:
    assert before.keys() == after.keys()
    for name, packed in before.items():
        if packed == after[name] or b"matplotlib" in packed:
            continue  # figures are pickled with addresses in them
        one, other = cloudpickle.loads(packed), cloudpickle.loads(after[name])
        if isinstance(one, type) or type(one).__module__ == "__main__":
            continue  # pickled by value, with addresses in it
        assert same(one, other), f"{name} was {one!r} and is {other!r}"


@pytest.mark.parametrize("name", MENDED)
def test_mending_takes_the_diagnostic_away_and_nothing_else(name: str, tmp_path: Path) -> None:
    code, _, cells = MENDED[name]
    document = notebook(*cells)
    session = apart if any(word in str(cells) for word in CHANGES_THE_SESSION) else at_once
    mended = mend(document, read_it)
    assert document == notebook(*cells)
    assert code in [diagnostic.code for diagnostic, _ in mended.done]
    assert code not in [found for found, _ in codes(read_it(mended.notebook))]
    before = session(partial(left, document, tmp_path / "before"))
    after = session(partial(left, mended.notebook, tmp_path / "after"))
    if code == "reserved-name":
        before = {name: value for name, value in before.items() if name in after}
        after = {name: value for name, value in after.items() if name in before}
    if code == "shared-rng":
        after = {name: value for name, value in after.items() if not name.endswith("_state")}
    assert_same_names(before, after)


JOINED: dict[str, tuple[Cells, list[str]]] = {
    "nothing between": (
        [(L, "it = iter([1, 2])"), (C, "a = next(it)")],
        ["it = iter([1, 2])\n\na = next(it)"],
    ),
    "what is independent stays": (
        [(L, "it = iter([1, 2])"), (T, "b = 5"), (C, "a = next(it)")],
        ["b = 5", "it = iter([1, 2])\n\na = next(it)"],
    ),
    "what it needs stays above": (
        [(L, "it = iter([1, 2])"), (T, "b = 5"), (C, "a = next(it) + b")],
        ["b = 5", "it = iter([1, 2])\n\na = next(it) + b"],
    ),
    "the first moves no further than it may": (
        [(L, "n = 2\nit = iter([n, 2])"), (T, "b = n + 5"), (C, "a = next(it)")],
        ["n = 2\nit = iter([n, 2])\n\na = next(it)", "b = n + 5"],
    ),
    "what stands between two ways comes along": (
        [(L, "n = 2\nit = iter([n, 2])"), (T, "b = n + 5"), (C, "a = next(it) + b")],
        ["n = 2\nit = iter([n, 2])\n\nb = n + 5\n\na = next(it) + b"],
    ),
    "an import stays where it is": (
        [(L, "it = iter([1, 2])"), ("", "import math"), (C, "a = math.sqrt(next(it))")],
        ["import math", "it = iter([1, 2])\n\na = math.sqrt(next(it))"],
    ),
    "a name bound anew keeps its order": (
        [(L, "it = iter([1, 2])\nx = 1"), (T, "x = 2"), (C, "a = next(it)"), (E, "y = x")],
        ["it = iter([1, 2])\nx = 1\n\na = next(it)", "x = 2", "y = x"],
    ),
    "a timed cell": (
        [(L, "%%time\nit = iter([1, 2])"), (C, "%%time\na = next(it)")],
        ["it = iter([1, 2])\n\na = next(it)"],
    ),
}


@pytest.mark.parametrize("name", JOINED)
def test_a_merge_takes_along_what_would_see_a_difference(name: str, tmp_path: Path) -> None:
    cells, expected = JOINED[name]
    document = notebook(*cells)
    document["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "1"}]
    mended = mend(document, read_it, ["cannot-travel"])
    assert [cell["source"] for cell in mended.notebook["cells"]] == expected
    assert all(cell["outputs"] == [] for cell in mended.notebook["cells"])
    assert codes(read_it(mended.notebook)) == []
    assert_same_names(left(document, tmp_path / "a"), left(mended.notebook, tmp_path / "b"))


def test_a_merged_cell_keeps_the_first_blocks_id_its_strongest_type_and_all_upstream() -> None:
    document = notebook(
        ((E, {"name": "ready"}), "print(1)"),
        ((C, {"name": "numbers"}), "it = iter([1, 2])"),
        ((L, {"upstream": ["numbers", "ready"]}), "a = next(it)"),
        ((C, {"upstream": ["numbers"]}), "b = 1"),
    )
    mended = mend(document, read_it).notebook
    assert [cell["id"] for cell in mended["cells"]] == ["c0", "c1", "c3"]
    assert mended["cells"][1]["metadata"] == {
        "tags": [L],
        "mage": {"name": "numbers", "upstream": ["ready"]},
    }
    assert mended["cells"][2]["metadata"]["mage"] == {"upstream": ["numbers"]}


def test_kales_cells_of_one_step_become_one_block() -> None:
    document = notebook(
        ("imports", "import math"),
        ("pipeline-parameters", "n = 4"),
        ("functions", "def half(x):\n    return x / 2"),
        ("step:load", "x = half(n)"),
        ("step:load", "y = x + 1"),
        ("step:other", "w = 0"),
        ("skip", "print(y)"),
        ("step:use prev:load", "z = math.sqrt(y)"),
        ("step:use prev:other", "v = z + w"),
    )
    before = read_it(document)
    assert codes(before) == [("name-taken", 4), ("name-taken", 8)]
    mended = mend(document, read_it).notebook
    reading = read_it(mended)
    assert codes(reading) == []
    assert [(one.name, one.upstream) for one in reading.blocks] == [
        ("load", []),
        ("other", []),
        ("use", ["load", "other"]),
    ]
    assert reading.variables == {"n": 4}
    assert mended["cells"][-1]["metadata"]["tags"] == ["step:use", "prev:load", "prev:other"]


def test_mending_does_what_is_asked_alone_and_once() -> None:
    document = notebook((L, "x = [1]"), ("", "n = sum(x)"), (C, "y = n + 1"))
    assert mend(document, read_it, ["shared-rng"]).done == []
    mended = mend(document, read_it, ["scratch-value"])
    assert [fix.id for _, fix in mended.done] == ["make-block"]
    assert mend(mended.notebook, read_it).done == []


def fixed(fix: str, *cells: tuple[Any, str]) -> list[tuple[str, str]]:
    """Carry out the fix of the first diagnostic that offers it; give tags and sources."""
    document = notebook(*cells)
    reading = read_it(document)
    offer = next(one for one in reading.offers if one.fix.id == fix)
    found = offer.diagnostic
    place = DiagnosticPlace(
        cell_id=found.cell_id, code=found.code, line=found.line, column=found.column
    )
    done = carry_out(document, reading, place, fix)
    assert document == notebook(*cells)
    return [
        (" ".join(cell["metadata"].get("tags", [])), cell["source"])
        for cell in done.notebook["cells"]
    ]


FIXED: dict[str, tuple[str, Cells, list[tuple[str, str]]]] = {
    "a line moves into its block": (
        "move",
        [("", "import math\nn = math.floor(2.5) + sum([])"), (C, "y = n")],
        [("", "import math"), (C, "n = math.floor(2.5) + sum([])\ny = n")],
    ),
    "a value becomes a parameter": (
        "parameter",
        [("", "N = [1]"), (L, "N.append(2)"), (C, "y = N")],
        [("parameters", "N = [1]"), (L, "N.append(2)"), (C, "y = N")],
    ),
    "a connection is opened in each": (
        "open",
        [("", "import sqlite3"), (L, "c = sqlite3.connect('a.db')"), (C, "r = c.total_changes")],
        [
            ("", "import sqlite3"),
            (L, "c = sqlite3.connect('a.db')"),
            (C, "c = sqlite3.connect('a.db')\nr = c.total_changes"),
        ],
    ),
    "each block seeds for itself": (
        "put-first",
        [
            ("", "import random\nrandom.seed(1)"),
            (L, "a = random.random()"),
            (C, "b = random.random()"),
        ],
        [
            ("", "import random\nrandom.seed(1)"),
            (L, "a = random.random()"),
            (C, "random.seed(0)\nb = random.random()"),
        ],
    ),
    "a parameter's line leaves the cell": (
        "split",
        [("parameters", "a = 1\nprint(a)"), (C, "b = a")],
        [("parameters", "a = 1"), (T, "print(a)"), (C, "b = a")],
    ),
    "a name that only a function binds": (
        "bind-first",
        [(C, "def f():\n    global n\n    n = 1\nf()\nm = n")],
        [(C, "n = None\ndef f():\n    global n\n    n = 1\nf()\nm = n")],
    ),
    "a cell of below moves up": (
        "move-up",
        [(C, "y = x"), (T, "z = 1"), (L, "x = 1")],
        [(L, "x = 1"), (C, "y = x"), (T, "z = 1")],
    ),
    "a name of nowhere becomes a parameter": (
        "add-parameter",
        [(C, "y = x")],
        [("parameters", "x = None"), (C, "y = x")],
    ),
    "two defaults": (
        "drop-first",
        [("parameters", "a = 1\nb = 2\na = 3"), (C, "c = a + b")],
        [("parameters", "b = 2\na = 3"), (C, "c = a + b")],
    ),
    "a reserved name": (
        "rename-name",
        [
            ("parameters", "env = 'x'"),
            (C, "def f(env=env):\n    return env\na = f() + env\nb = dict(env=1)"),
        ],
        [
            ("parameters", "my_env = 'x'"),
            (C, "def f(env=my_env):\n    return env\na = f() + my_env\nb = dict(env=1)"),
        ],
    ),
    "a line that has no meaning": (
        "drop-line",
        [(C, "a = 1\n%sausage a\nb = 2")],
        [(C, "a = 1\nb = 2")],
    ),
    "a cell for a person": (
        "untag",
        [(C, "exec('a = 1')")],
        [("", "exec('a = 1')")],
    ),
    "a type that is none": ("make-block", [("block:nonsense", "a = 1")], [(T, "a = 1")]),
    "one of two types": ("set-type-2", [(f"{L} {C}", "a = 1")], [(C, "a = 1")]),
    "a class of its own": (
        "move-out",
        [(L, "class A:\n    x = 1\na = A()"), (C, "b = A()")],
        [("", "class A:\n    x = 1"), (L, "a = A()"), (C, "b = A()")],
    ),
}


@pytest.mark.parametrize("name", FIXED)
def test_a_fix_changes_what_it_says(name: str) -> None:
    fix, cells, expected = FIXED[name]
    assert fixed(fix, *cells) == expected


def test_names_and_upstream_are_mended_in_the_metadata() -> None:
    document = notebook(
        ((C, {"name": "one"}), "a = 1"),
        ((C, {"name": "one", "upstream": ["gone", "one"]}), "b = 2"),
        ((C, {"name": "../x"}), "c = 3"),
        ((C, {"upstream": "one", "configuration": 3}), "d = 4"),
    )
    mended = mend(document, read_it)
    assert codes(read_it(mended.notebook)) == []
    keys = [cell["metadata"].get("mage") for cell in mended.notebook["cells"]]
    assert keys == [{"name": "one"}, {"name": "one_2", "upstream": ["one"]}, None, None]


REFUSING = {
    "used in two cells": ("move", [("", "n = sum([1])"), (C, "y = n"), (C, "z = n")]),
    "bound with others": ("move", [("", "n, m = divmod(5, sum([1]))"), (C, "y = n")]),
    "of a name bound anew": (
        "move",
        [("", "k = 1"), ("", "n = sum([k])"), ("", "k = 2"), (C, "y = n")],
    ),
    "no plain value": ("parameter", [("", "n = sum([1])"), (C, "y = n")]),
    "not repeatable": ("open", [(L, "f = open('x', 'w')"), (C, "f.write('a')")]),
}


@pytest.mark.parametrize("name", REFUSING)
def test_a_fix_that_would_change_what_the_notebook_gives_is_refused(name: str) -> None:
    fix, cells = REFUSING[name]
    with pytest.raises(UnprocessableError) as refused:
        fixed(fix, *cells)
    assert refused.value.message.endswith(".")


def test_a_fix_that_is_not_offered_is_not_found() -> None:
    document = notebook((C, "x = y"))
    place = DiagnosticPlace(cell_id="c0", code="hidden-state", line=1, column=5)
    with pytest.raises(NotFoundError, match="add-parameter"):
        carry_out(document, read_it(document), place, "move")


def test_every_fix_that_is_offered_can_be_carried_out() -> None:
    offers = itertools.chain.from_iterable(
        read_it(notebook(*cells)).offers for _, _, cells in REFUSED.values()
    )
    assert {offer.repair.act for offer in offers} <= ACTS.keys()
