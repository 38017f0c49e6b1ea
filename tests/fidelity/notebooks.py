"""Notebooks on disk, made ready: read, tagged, and mended where nothing is left to choose."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from mage_jlab.notebook.cells import WorkbenchReading
from mage_jlab.notebook.document import cells_of, language_of, parse_notebook
from mage_jlab.notebook.fixing import mend
from mage_jlab.notebook.reading import read_workbench
from mage_jlab.notebook.tags import tag_all

Notebook = dict[str, Any]


def notebooks_in(place: Path) -> Iterator[Path]:
    """Give a notebook, or all notebooks below a folder, by name."""
    if place.is_file():
        yield place
        return
    for path in sorted(place.rglob("*.ipynb")):
        if ".ipynb_checkpoints" not in path.parts:
            yield path


def load(path: Path) -> Notebook:
    """Read a notebook, without its outputs.

    Raises:
        BadInputError: when it is no notebook.
    """
    document = parse_notebook(path.read_text(encoding="utf-8-sig"))
    if language_of(document).startswith("python"):
        # whatever its author called it: the kernel of this machine runs it
        document["metadata"].pop("kernelspec", None)
    for cell in document["cells"]:
        if cell.get("cell_type") == "code":
            cell["outputs"], cell["execution_count"] = [], None
    return document


def without(document: Notebook, indexes: Iterable[int]) -> Notebook:
    """Give a copy of a notebook in which some cells are empty."""
    copied: Notebook = json.loads(json.dumps(document))
    for index in indexes:
        copied["cells"][index]["source"] = ""
    return copied


def tagged(document: Notebook) -> Notebook:
    """Tag every cell that does something, as ``tag --all`` does, in a copy.

    Raises:
        BadInputError: when the notebook is not one of Python.
    """
    copied: Notebook = json.loads(json.dumps(document))
    tag_all(copied)
    return copied


def mended(document: Notebook) -> Notebook:
    """Carry out the fixes that leave no choice, as ``check --fix`` does, in a copy."""
    return mend(document, read).notebook


def read(document: Notebook, name: str = "notebook") -> WorkbenchReading:
    """Read a notebook that is tagged already."""
    return read_workbench(document, path=f"notebooks/{name}.ipynb", pipeline=name)


def code_of(document: Notebook) -> dict[str, str]:
    """Give the text of each code cell, by id."""
    return {cell.id: cell.source for cell in cells_of(document) if cell.kind == "code"}
