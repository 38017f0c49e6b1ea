"""Small notebooks, read from ``notebooks/``.

A line ``===`` names one, a line ``---`` begins a cell with its tags.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

Cells = list[tuple[object, str]]

_FOLDER = Path(__file__).with_name("notebooks")


def _notebooks(kind: str) -> dict[str, Cells]:
    files = sorted(_FOLDER.glob(f"{kind}*.txt"))
    text = "\n".join(file.read_text(encoding="utf-8").rstrip("\n") for file in files)
    return {
        part.split("\n", 1)[0]: _cells(part.split("\n", 1)[1])
        for part in re.split(r"^=== ", text, flags=re.MULTILINE)[1:]
    }


def _cells(text: str) -> Cells:
    cells: Cells = []
    for part in re.split(r"^---", text, flags=re.MULTILINE)[1:]:
        head, source = part.split("\n", 1)
        tags, brace, key = head.strip().partition("{")
        given = (tags.strip(), json.loads(brace + key)) if brace else tags
        cells.append((given, source.removesuffix("\n")))
    return cells


RIGHT: dict[str, Cells] = _notebooks("right")
"""Notebooks whose pipeline must give what the notebook gives."""

REFUSED: dict[str, tuple[str, int, Cells]] = {}
"""Notebooks that must be refused: the code, the cell's index, and the cells."""

for _title, _given in _notebooks("refused").items():
    _name, _, _expected = _title.partition(" => ")
    _code, _index = _expected.split(" in cell ")
    REFUSED[_name] = (_code, int(_index), _given)
