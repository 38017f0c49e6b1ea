"""Notebooks as documents: reading their text, their cells, and writing them back."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mage_jlab.domain.block import clean_name
from mage_jlab.domain.errors import BadInputError, NotFoundError
from mage_jlab.notebook.stored_outputs import LARGE, lean, marked, put_back, unmarked

Notebook = dict[str, Any]
"""A notebook as nbformat-4 JSON."""


@dataclass(frozen=True)
class Cell:
    """One cell of a notebook.

    Attributes:
        index: its place among all cells, from 0.
        id: its cell id; ``#<index>`` in notebooks older than nbformat 4.5.
        kind: ``code``, ``markdown`` or ``raw``.
        metadata: the cell's own metadata, not a copy.
    """

    index: int
    id: str
    kind: str
    source: str
    metadata: dict[str, Any]

    @property
    def tags(self) -> list[str]:
        """The cell's tags, those that are text."""
        tags = self.metadata.get("tags")
        return [tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []

    @property
    def mage(self) -> dict[str, Any]:
        """The cell's ``mage`` key, or an empty one."""
        key = self.metadata.get("mage")
        return key if isinstance(key, dict) else {}


def parse_notebook(text: str, *, whole: bool = True) -> Notebook:
    """Read a notebook's text; one of an older format comes as one of nbformat 4.

    Args:
        text: the file's text.
        whole: whether outputs are parsed too; otherwise large ones stay text, which only
            :func:`dump_notebook` puts back.

    Raises:
        BadInputError: when the text is no JSON, or no notebook.
    """
    text = text.removeprefix("\ufeff")
    kept: list[str] = []
    if not whole and len(text) > LARGE:
        text, kept = lean(text)
    try:
        document = json.loads(text)
    except json.JSONDecodeError as error:
        raise BadInputError(
            f"This is not a notebook: it is not JSON (line {error.lineno}, column {error.colno}: "
            f"{error.msg}). Open it in JupyterLab or restore an earlier version.",
            "not-a-notebook",
        ) from None
    except RecursionError:
        raise BadInputError(
            "This is not a notebook: its JSON is nested too deeply.", "not-a-notebook"
        ) from None
    notebook = check_notebook(document)
    if kept:
        put_back(notebook["cells"], kept)
    return notebook


def check_notebook(document: object) -> Notebook:
    """Make sure that parsed JSON is a notebook.

    Raises:
        BadInputError: when it is not one of nbformat 4.
    """
    if not isinstance(document, dict):
        raise BadInputError("This is not a notebook: its JSON has no cells.", "not-a-notebook")
    major = document.get("nbformat")
    if isinstance(major, int) and 0 < major < 4:
        document = _newer(document)
        major = document.get("nbformat")
    if isinstance(major, int) and major > 4:
        raise BadInputError(
            f"This notebook has format {major}; formats up to 4 can be read. "
            "Save it from JupyterLab as format 4.",
            "not-a-notebook",
        )
    cells = document.get("cells")
    if major != 4 or not isinstance(cells, list):
        raise BadInputError("This is not a notebook: its JSON has no cells.", "not-a-notebook")
    for index, cell in enumerate(cells):
        source = cell.get("source", "") if isinstance(cell, dict) else None
        if not (
            isinstance(source, str)
            or (isinstance(source, list) and all(isinstance(part, str) for part in source))
        ):
            raise BadInputError(
                f"Cell #{index} of this notebook cannot be read: it has no text.", "not-a-notebook"
            )
    return document


def _newer(document: dict[str, Any]) -> dict[str, Any]:
    """Give a notebook of nbformat 1 to 3 as one of nbformat 4, as Jupyter itself converts it."""
    import nbformat

    try:
        untyped: Any = nbformat
        converted = untyped.convert(untyped.from_dict(document), 4)
        plain: dict[str, Any] = json.loads(json.dumps(converted))
    except Exception as error:
        raise BadInputError(
            f"This notebook has format {document.get('nbformat')} and cannot be brought to format "
            f"4 ({type(error).__name__}). Open it in JupyterLab and save it.",
            "not-a-notebook",
        ) from error
    return plain


def dump_notebook(notebook: Notebook) -> str:
    """Write a notebook as Jupyter does: one space of indent, unicode kept, a newline at the end."""
    short, texts = marked(notebook)
    text = json.dumps(short, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    return unmarked(text, texts)


def source_of(cell: dict[str, Any]) -> str:
    """Give a cell's text, which nbformat keeps as one string or as a list of lines.

    Its lines end with a line feed alone, as JupyterLab has them.
    """
    source = cell.get("source", "")
    text = source if isinstance(source, str) else "".join(source)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def cells_of(notebook: Notebook) -> Iterator[Cell]:
    """Go through the cells of a notebook, in order."""
    for index, cell in enumerate(notebook["cells"]):
        metadata = cell.get("metadata")
        identity = cell.get("id")
        yield Cell(
            index,
            identity if isinstance(identity, str) and identity else f"#{index}",
            str(cell.get("cell_type", "raw")),
            source_of(cell),
            metadata if isinstance(metadata, dict) else {},
        )


def find_cell(notebook: Notebook, ref: str) -> Cell:
    """Find a cell by its id, or by ``#<index>`` among all cells, from 0.

    Raises:
        NotFoundError: when there is none, or when several cells have this id.
    """
    cells = list(cells_of(notebook))
    if ref.startswith("#") and ref[1:].isdigit():
        index = int(ref[1:])
        if index < len(cells):
            return cells[index]
        raise NotFoundError(f"There is no cell {ref}: the notebook has {len(cells)} cells.")
    found = [cell for cell in cells if cell.id == ref]
    if len(found) == 1:
        return found[0]
    if found:
        raise NotFoundError(f"{len(found)} cells have the id {ref}; name one by its place (#3).")
    raise NotFoundError(f"There is no cell {ref}. Name one by its id, or by its place (#3).")


def upgrade(notebook: Notebook) -> Notebook:
    """Bring the given notebook to nbformat 4.5, with a cell id of its own for every cell.

    Gives it back.
    """
    if notebook.get("nbformat_minor", 0) < 5:
        notebook["nbformat_minor"] = 5
    taken = {cell.get("id") for cell in notebook["cells"]}
    seen: set[str] = set()
    for cell in notebook["cells"]:
        identity = cell.get("id")
        if not isinstance(identity, str) or not identity or identity in seen:
            identity = secrets.token_hex(4)
            while identity in taken:
                identity = secrets.token_hex(4)
            cell["id"] = identity
            taken.add(identity)
        seen.add(identity)
    return notebook


def needs_upgrade(notebook: Notebook) -> bool:
    """Say whether cells lack ids of their own, as in notebooks older than nbformat 4.5."""
    ids = [cell.get("id") for cell in notebook["cells"]]
    return len(set(ids)) != len(ids) or not all(isinstance(one, str) and one for one in ids)


def kernel_of(notebook: Notebook) -> str | None:
    """Give the name of the notebook's kernelspec, when it names one."""
    spec = notebook.get("metadata", {}).get("kernelspec")
    name = spec.get("name") if isinstance(spec, dict) else None
    return name if isinstance(name, str) else None


def language_of(notebook: Notebook) -> str:
    """Give the language of the notebook's kernel; Python when it says none, or an empty one."""
    metadata = notebook.get("metadata", {})
    for key, field in (("language_info", "name"), ("kernelspec", "language")):
        part = metadata.get(key)
        said = part.get(field) if isinstance(part, dict) else None
        if isinstance(said, str) and said:
            return said.lower()
    return _by_kernel(kernel_of(notebook) or "")


def _by_kernel(name: str) -> str:
    """Give the language that a kernelspec's name stands for, where a notebook says no more."""
    found = re.match(
        r"(ir|julia|bash|ruby|iruby|scala|deno|xcpp|octave|gnuplot|sos)(?![a-z])|^\.net-(\w+)", name
    )
    bare = re.sub(r"[\d.\-]+$", "", found[0].removeprefix(".net-")) if found else "python"
    return {"ir": "r", "iruby": "ruby", "xcpp": "c++", "deno": "typescript"}.get(bare, bare)


def pipeline_of(notebook: Notebook, path: str) -> str:
    """Give the pipeline that a notebook is for.

    Its ``mage.pipeline``, else its file's stem, cleaned.
    """
    key = notebook.get("metadata", {}).get("mage")
    named = key.get("pipeline") if isinstance(key, dict) else None
    if isinstance(named, str) and named:
        return named
    stem = path.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".ipynb")
    return clean_name(stem) or "pipeline"
