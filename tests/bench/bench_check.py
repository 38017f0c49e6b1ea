"""Reading a notebook of 100 cells against parsing them, and the command line's own cost.

Run: ``python tests/bench/bench_check.py``.
"""

from __future__ import annotations

import ast
import itertools
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mage_jlab.notebook.reading import read_workbench

CELLS = 100
ROUNDS = 9

BODY = """
# keep what can be billed
df{n} = df{m}[df{m}["market"] == market].copy()
df{n}["amount"] = df{n}["amount"] * rate({n})
df{n} = df{n}.merge(names, on="market", how="left")
totals{n} = df{n}.groupby("market").agg(total=("amount", "sum"), rows=("amount", "size"))
totals{n} = totals{n}.sort_values("total", ascending=False).reset_index()
for column in totals{n}.columns:
    totals{n}[column] = totals{n}[column].fillna(0)
"""


def notebook() -> dict[str, Any]:
    """Give a notebook of 100 code cells: imports, variables, a function, then blocks in a chain."""
    sources: list[tuple[str, list[str]]] = [
        ("import pandas as pd", []),
        ('market = "CA"\nlimit = 500', ["parameters"]),
        ("def rate(n):\n    return 1 + n / 100", []),
        ('df3 = pd.read_csv("sales.csv")\nnames = pd.read_csv("names.csv")', ["block:data_loader"]),
    ]
    sources += [
        (BODY.format(n=n, m=n - 1), ["block:transformer"]) for n in range(len(sources), CELLS)
    ]
    cells = [
        {
            "cell_type": "code",
            "id": f"c{at}",
            "metadata": {"tags": tags},
            "source": source,
            "outputs": [],
            "execution_count": None,
        }
        for at, (source, tags) in enumerate(sources)
    ]
    return {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}


def milliseconds(action: Callable[[], object]) -> float:
    """Give the median time of an action."""
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        action()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


def edited(document: dict[str, Any]) -> Callable[[], object]:
    """Give an action that reads the notebook after another edit of one cell in its middle."""
    numbers = itertools.count()
    cell = document["cells"][CELLS // 2]
    source = cell["source"]

    def action() -> object:
        cell["source"] = f"{source}# {next(numbers)}\n"
        return read_workbench(document, path="n.ipynb", pipeline="n")

    return action


def command(folder: Path, *arguments: str) -> float:
    """Give the median time of a Python process with these arguments."""
    line = [sys.executable, *arguments]
    return milliseconds(lambda: subprocess.run(line, cwd=folder, check=True, capture_output=True))


def main() -> None:
    """Print the figures."""
    document = notebook()
    sources = ["".join(cell["source"]) for cell in document["cells"]]
    analysis = read_workbench(document, path="n.ipynb", pipeline="n").analysis
    assert len(analysis.blocks) == CELLS - 3
    assert not analysis.errors, analysis.errors[:3]
    compiled = milliseconds(lambda: [compile(source, "cell", "exec") for source in sources])
    read = milliseconds(lambda: read_workbench(document, path="n.ipynb", pipeline="n"))
    parsed = milliseconds(lambda: [ast.parse(source) for source in sources])
    after_edit = milliseconds(edited(json.loads(json.dumps(document))))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "n.ipynb").write_text(json.dumps(document))
        nothing = command(folder, "-c", "pass")
        helped = command(folder, "-m", "mage_jlab", "--help")
        checked = command(folder, "-m", "mage_jlab", "check", "n.ipynb", "--json")
    print(f"machine: {platform.processor() or platform.machine()}, {os.cpu_count()} cores")
    print(f"check of {CELLS} cells: {read:.0f} ms, to compile them {compiled:.1f} ms")
    print(f"after an edit of one cell: {after_edit:.0f} ms, to parse all cells {parsed:.1f} ms")
    print(f"ratio check / compile: {read / compiled:.1f}, check / parse: {read / parsed:.1f}")
    print(f"ratio check after an edit / parse: {after_edit / parsed:.1f}")
    print(f"jupyter mage --help: {helped:.0f} ms, check: {checked:.0f} ms, pass: {nothing:.0f} ms")
    print(f"ratio --help / pass: {helped / nothing:.1f}, check / pass: {checked / nothing:.1f}")


if __name__ == "__main__":
    main()
