"""Reading a notebook of 100 cells, again after an edit, and exporting it without a change.

Each is set against parsing the same cells. The last lines are the command line's own cost.

Run: ``python tests/bench/bench_check.py``.
"""

from __future__ import annotations

import ast
import itertools
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mage_jlab.notebook.reading import Memory, read_workbench
from mage_jlab.services.services import Services
from mage_jlab.store.paths import StateFolder

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
    cells: list[dict[str, Any]] = [
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


def milliseconds(
    action: Callable[[], object], clock: Callable[[], float] = time.process_time
) -> float:
    """Give the least time of an action: processor time, which other work disturbs least."""
    times = []
    for _ in range(ROUNDS):
        began = clock()
        action()
        times.append((clock() - began) * 1000)
    return min(times)


def unread(document: dict[str, Any]) -> Callable[[], object]:
    """Give an action that reads the notebook with cells whose text was never read before."""
    numbers = itertools.count()
    sources = [cell["source"] for cell in document["cells"]]

    def action() -> object:
        for cell, source in zip(document["cells"], sources, strict=True):
            cell["source"] = f"{source}\n# {next(numbers)}"
        return read_workbench(document, path="n.ipynb", pipeline="n")

    return action


def first_line(source: str, number: int) -> str:
    """Put a line that binds a new name at the start of a cell."""
    return f"limit_{number} = {number}\n{source}"


def last_line(source: str, number: int) -> str:
    """Put a line that binds a new name at the end of a cell."""
    return f"{source}\nlimit_{number} = {number}"


def middle_line(source: str, number: int) -> str:
    """Put a line that binds a new name in the middle of a cell."""
    lines = source.split("\n")
    at = next(
        (at for at in range(len(lines) // 2, 0, -1) if not lines[at][:1].isspace()), len(lines)
    )
    return "\n".join([*lines[:at], f"limit_{number} = {number}", *lines[at:]])


def literal(source: str, number: int) -> str:
    """Change the numbers of a cell."""
    return re.sub(r"\b(0|100|500)\b", str(1000 + number), source)


def column(source: str, number: int) -> str:
    """Change a column's name, or a file's."""
    return source.replace("sales", f"sales_{number}").replace('"rows"', f'"rows_{number}"')


EDITS = (literal, column, first_line, middle_line, last_line)


def edited(
    document: dict[str, Any], at: int, change: Callable[[str, int], str], memory: Memory
) -> Callable[[], object]:
    """Give an action that reads the notebook after another edit of one of its cells."""
    numbers = itertools.count(1)
    cell = document["cells"][at]
    source = cell["source"]

    def action() -> object:
        cell["source"] = change(source, next(numbers))
        return read_workbench(document, path="n.ipynb", pipeline="n", memory=memory)

    return action


def after_edits(document: dict[str, Any], at: int) -> dict[str, float]:
    """Give the time of a reading after each kind of edit of a cell."""
    memory = Memory()
    read_workbench(document, path="n.ipynb", pipeline="n", memory=memory)
    source = document["cells"][at]["source"]
    found = {}
    for change in EDITS:
        if change(source, 1) == source:
            continue
        found[change.__name__.replace("_", " ")] = milliseconds(
            edited(document, at, change, memory)
        )
        document["cells"][at]["source"] = source
    return found


def exported(folder: Path, document: dict[str, Any]) -> tuple[float, int]:
    """Give the time of an export without a change, and how many files it changed."""
    services = Services(StateFolder(folder / "state"))
    project = folder / "project"
    services.projects.create(project)
    path = project / "notebooks" / "n.ipynb"
    path.write_text(json.dumps(document))
    written = services.notebooks.export(path)
    assert not written.conflicts, written
    before = stamps(project)
    time_ = milliseconds(lambda: services.notebooks.export(path))
    after = stamps(project)
    return time_, sum(before.get(one) != after.get(one) for one in before.keys() | after.keys())


def stamps(folder: Path) -> dict[Path, tuple[int, int]]:
    """Give each file with its inode and the time of its last write."""
    found = {path: path.stat() for path in folder.rglob("*") if path.is_file()}
    return {path: (one.st_ino, one.st_mtime_ns) for path, one in found.items()}


def command(folder: Path, *arguments: str) -> float:
    """Give the least time of a Python process with these arguments."""
    line = [sys.executable, *arguments]
    return milliseconds(
        lambda: subprocess.run(line, cwd=folder, check=True, capture_output=True), time.perf_counter
    )


def main() -> None:
    """Print the figures."""
    document = notebook()
    sources = ["".join(cell["source"]) for cell in document["cells"]]
    analysis = read_workbench(document, path="n.ipynb", pipeline="n").analysis
    assert len(analysis.blocks) == CELLS - 3
    assert not analysis.errors, analysis.errors[:3]
    parsed = milliseconds(lambda: [ast.parse(source) for source in sources])
    first = milliseconds(unread(json.loads(json.dumps(document))))
    again = milliseconds(lambda: read_workbench(document, path="n.ipynb", pipeline="n"))
    places = {"first cell": 0, "function": 2, "loader": 3, "middle": CELLS // 2, "last": CELLS - 1}
    edits = {name: after_edits(json.loads(json.dumps(document)), at) for name, at in places.items()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        export, changed = exported(folder, document)
        (folder / "n.ipynb").write_text(json.dumps(document))
        nothing = command(folder, "-c", "pass")
        helped = command(folder, "-m", "mage_jlab", "--help")
        checked = command(folder, "-m", "mage_jlab", "check", "n.ipynb", "--json")
    print(f"machine: {platform.processor() or platform.machine()}, {os.cpu_count()} cores")
    print(f"to parse {CELLS} cells: {parsed:.1f} ms of processor time, like those below")
    print(f"check of cells never read before: {first:.0f} ms, check / parse {first / parsed:.1f}")
    print(f"check of cells read before: {again:.1f} ms, check / parse {again / parsed:.1f}")
    print("check again after an edit of one cell:")
    for place, times in edits.items():
        print(f"  {place}: " + ", ".join(f"{what} {ms:.1f} ms" for what, ms in times.items()))
    middle = max(edits["middle"].values())
    print(f"ratio check after an edit in the middle / parse: {middle / parsed:.2f}")
    print(f"export of {CELLS} cells without a change: {export:.0f} ms, {changed} files written")
    print(f"ratio export / parse: {export / parsed:.1f}")
    print(f"jupyter mage --help: {helped:.0f} ms, check: {checked:.0f} ms, pass: {nothing:.0f} ms")
    print(f"ratio --help / pass: {helped / nothing:.1f}, check / pass: {checked / nothing:.1f}")


if __name__ == "__main__":
    main()
