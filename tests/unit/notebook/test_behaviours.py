"""Scoping, changes in place, aliases and strings: what ``check`` says of small notebooks.

Each row of ``behaviours/*.txt`` is a notebook. A line ``===`` names it; a line ``---`` begins a
cell, with the names that it reads and the cell that gives each (``df:1``), after ``>`` those that
it defines, after ``!`` the code of its diagnostic; ``scratch`` says that it is not tagged. What is
not refused is run as a notebook and as a pipeline, so that no row can claim what is not so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.unit.notebook.oracle import at_once, codes, compare, notebook, read, run_files

_FOLDER = Path(__file__).with_name("behaviours")


@dataclass(frozen=True)
class Expected:
    """What is expected of one cell."""

    reads: list[str]
    defines: list[str]
    code: str


@dataclass(frozen=True)
class Row:
    """One small notebook, and what is expected of each of its cells."""

    title: str
    cells: list[tuple[str, str]]
    expected: list[Expected]

    @property
    def refused(self) -> bool:
        """Whether it must not become a pipeline."""
        return any(one.code for one in self.expected)


def _rows() -> Iterator[Row]:
    for file in sorted(_FOLDER.glob("*.txt")):
        for part in re.split(r"^=== ", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            title, body = part.rstrip("\n").split("\n", 1)
            cells, expected = [], []
            for cell in re.split(r"^---", body, flags=re.MULTILINE)[1:]:
                head, source = cell.split("\n", 1)
                head, _, code = head.partition("!")
                reads, _, defines = head.partition(">")
                words = reads.split()
                scratch = words[:1] == ["scratch"]
                cells.append(("" if scratch else "block:custom", source.removesuffix("\n")))
                expected.append(
                    Expected(words[1:] if scratch else words, defines.split(), code.strip())
                )
            yield Row(title, cells, expected)


ROWS = {row.title: row for row in _rows()}


@pytest.mark.parametrize("title", ROWS)
def test_check_says_what_the_notebook_does(title: str, tmp_path: Path) -> None:
    row = ROWS[title]
    reading = read(*row.cells)
    found = {(one.code, index) for index, one in enumerate(row.expected) if one.code}
    if row.refused:
        assert found <= set(codes(reading))
        return
    assert codes(reading) == []
    index = {block.name: block.index for block in reading.analysis.blocks}
    for block in reading.analysis.blocks:
        expected = row.expected[block.index]
        given = {name: source.rsplit(".", 1)[0] for name, source in block.inputs.items()}
        assert sorted(f"{name}:{index[one]}" for name, one in given.items()) == expected.reads
        assert block.defines == expected.defines
    compare(notebook(*row.cells), reading, tmp_path, session=at_once)


def test_the_table_has_many_different_behaviours() -> None:
    texts = {tuple(source for _, source in row.cells) for row in ROWS.values()}
    assert len(texts) == len(ROWS) >= 250


@pytest.mark.parametrize("title", [title for title in ROWS if "import" in title])
def test_the_files_of_cells_with_imports_run(title: str, tmp_path: Path) -> None:
    row = ROWS[title]
    if not row.refused:
        compare(notebook(*row.cells), read(*row.cells), tmp_path, run=run_files)
