"""The oracle: what cells read and change is seen while they run, and gives the true edges."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mage_jlab.domain.analysis import AnalysedBlock, Analysis
from mage_jlab.domain.block import BlockType
from mage_jlab.domain.pipeline import Edge
from tests.fidelity.running import TooLongError, run_session
from tests.fidelity.truth import Truth, edges_of, truth_of


def _run(folder: Path, *cells: str, limit: float = 60, **options: Any) -> list[dict[str, Any]]:
    document = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {},
        "cells": [
            {"cell_type": "code", "id": str(place), "metadata": {}, "source": text}
            for place, text in enumerate(cells)
        ],
    }
    path = folder / "here" / "n.ipynb"
    path.parent.mkdir()
    return run_session(document, path, folder / "run", {}, limit=limit, **options)


def _needs(folder: Path, *cells: str) -> dict[tuple[str, str], list[str]]:
    done = _run(folder, *cells)
    assert [cell["error"] for cell in done] == [None] * len(cells)
    return truth_of(done, {str(place): str(place) for place in range(len(cells))}).needs


@pytest.mark.parametrize(
    ("cells", "needs"),
    [
        (("a = [1]", "b = a[0]"), {("0", "1"): ["a"]}),
        (("a = [1]", "a = 2", "b = a"), {("1", "2"): ["a"]}),
        (("a = [1]", "a.append(2)", "a"), {("0", "1"): ["a"], ("1", "2"): ["a"]}),
        (("a = [1]\nb = a", "a.append(2)", "b"), {("0", "1"): ["a"], ("1", "2"): ["b"]}),
        (("a = [1]", "b = {'k': a}", "b['k'].append(2)", "len(a)"),
         {("0", "1"): ["a"], ("1", "2"): ["b"], ("2", "3"): ["a"]}),
        (("a = 1", "def f():\n    return a", "f()"), {("0", "2"): ["a"]}),
        (("a = 1", "def f():\n    global a\n    a = 2\nf()", "a"), {("1", "2"): ["a"]}),
        (("a = 1", "b = [a for _ in range(2)]"), {("0", "1"): ["a"]}),
        (("a = 1", "a = 2\nb = a"), {}),
        (("import math", "math.pi"), {}),
        (("class K:\n    n = 1", "k = K()", "k.m = 2", "k.m"),
         {("1", "2"): ["k"], ("2", "3"): ["k"]}),
        (("import pandas as pd\ndf = pd.DataFrame({'v': [1, 2]})\nlow = 1", "df.query('v > @low')"),
         {("0", "1"): ["df", "low"]}),
        (("import pandas as pd\ndf = pd.DataFrame({'v': [1]})", "df['w'] = 2", "df.head()"),
         {("0", "1"): ["df"], ("1", "2"): ["df"]}),
        (("with open('f.txt', 'w') as h:\n    h.write('x')", "text = open('f.txt').read()"),
         {("0", "1"): ["file f.txt"]}),
        (("x = 3", "!echo {x} > g.txt", "open('g.txt').read()"),
         {("0", "1"): ["x"], ("1", "2"): ["file g.txt"]}),
        (("import matplotlib.pyplot as plt\nfig, ax = plt.subplots()", "ax.plot([1, 2])", "fig"),
         {("0", "1"): ["ax"], ("1", "2"): ["fig"]}),
    ],
)  # fmt: skip
def test_a_cell_needs_what_another_left_last(
    tmp_path: Path, cells: tuple[str, ...], needs: dict[tuple[str, str], list[str]]
) -> None:
    assert _needs(tmp_path, *cells) == needs


def test_a_session_stops_at_a_cell_that_fails_unless_it_shall_go_on(tmp_path: Path) -> None:
    done = _run(tmp_path, "1 / 0", "a = 1")
    assert [cell["error"] for cell in done] == ["ZeroDivisionError: division by zero"]
    (tmp_path / "again").mkdir()
    assert len(_run(tmp_path / "again", "1 / 0", "a = 1", go_on=True)) == 2


def test_a_session_has_no_network_nobody_to_ask_and_no_time_without_end(tmp_path: Path) -> None:
    call = "import urllib.request as r\nr.urlopen('http://example.org')"
    done = _run(tmp_path, call, "input()", go_on=True)
    assert "without a network" in done[0]["error"]
    assert done[1]["error"].startswith("EOFError")
    (tmp_path / "again").mkdir()
    with pytest.raises(TooLongError):
        _run(tmp_path / "again", "while True: pass", limit=1)


def test_drawn_edges_are_held_against_the_true_ones() -> None:
    blocks = [
        AnalysedBlock(name=name, type=BlockType.CUSTOM, cell_id=name, index=place, upstream=above,
                      results=[] if name in "de" else [name])
        for place, (name, above) in enumerate(
            [("a", []), ("b", ["a"]), ("c", ["b"]), ("d", ["a"]), ("e", ["d"])])
    ]  # fmt: skip
    edges = [
        Edge(from_=above, to=block.name, names=[] if block.name == "e" else [above], why="code")
        for block in blocks
        for above in block.upstream
    ]
    truth = Truth(
        needs={("a", "c"): ["x"], ("b", "d"): ["y"]},
        uses={("a", "b"): ["x"], ("a", "c"): ["x"], ("b", "d"): ["y"]},
    )
    found = edges_of(truth, Analysis(notebook="n", pipeline="p", blocks=blocks, edges=edges))
    assert found.missing == ["b -> d (y)"]
    assert found.false == ["b -> c (b)", "a -> d (a)"]
    assert (found.drawn, found.ordering) == (3, 1)
