"""Tagging cells as blocks; the notebook that is given is changed."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from mage_jlab.domain.analysis import TaggedCell
from mage_jlab.domain.block import BlockType
from mage_jlab.domain.errors import BadInputError
from mage_jlab.notebook.cells import WorkbenchReading
from mage_jlab.notebook.document import (
    Cell,
    cells_of,
    find_cell,
    language_of,
    needs_upgrade,
    pipeline_of,
    upgrade,
)
from mage_jlab.notebook.foreign_blocks import foreign_type
from mage_jlab.notebook.guess import guess_type, is_constant
from mage_jlab.notebook.magics import translate
from mage_jlab.notebook.reading import read_workbench
from mage_jlab.notebook.roles import BLOCK_TAG, leads_out, role_of
from mage_jlab.notebook.scopes import bound_names

__all__ = ["find_cell", "tag_all", "tag_cell", "untag_cell"]


def tag_all(notebook: dict[str, Any]) -> list[TaggedCell]:
    """Tag every code cell that does something; cells that are blocks already keep their type.

    Returns:
        all code cells that are blocks now.

    Raises:
        BadInputError: when the notebook is not in Python.
    """
    if language_of(notebook) not in ("python", "python3", "ipython"):
        raise BadInputError(
            f"This notebook's kernel speaks {language_of(notebook)}; only "
            f"Python cells can be tagged all at once."
        )
    _prepare(notebook)
    code = [cell for cell in cells_of(notebook) if cell.kind == "code"]
    rebound = _rebound(code)
    for cell in code:
        if role_of(cell).kind == "scratch" and "skip" not in cell.tags:
            type_ = _type_of(cell) or _constants(cell, rebound)
            if type_ is not None:
                _set_type(notebook["cells"][cell.index], type_)
    return _without_read_charts(notebook)


def tag_cell(
    notebook: dict[str, Any],
    ref: str,
    type_: BlockType | str,
    name: str | None = None,
    upstream: Sequence[str] = (),
) -> TaggedCell:
    """Make one cell a block.

    Args:
        notebook: the notebook, as nbformat-4 JSON.
        ref: the cell's id, or its place (``#3``).
        type_: the type of the block.
        name: its name, when it shall not be inferred.
        upstream: blocks above that its code does not show.

    Raises:
        BadInputError: on an unknown type, a name that leads out of the project, or a cell
            that is not code.
        NotFoundError: when there is no such cell.
    """
    try:
        type_ = BlockType(type_)
    except ValueError:
        known = ", ".join(one.value for one in BlockType)
        raise BadInputError(
            f"{type_} is no block type. The types are {known}.", "unknown-type"
        ) from None
    if name is not None and (not name or leads_out(name)):
        raise BadInputError(
            f"{name or 'An empty name'} cannot be the name of a "
            f"block: it leads out of the project.",
            "block-name",
        )
    cell = find_cell(notebook, ref)
    if cell.kind != "code":
        raise BadInputError(
            f"Cell #{cell.index} is a {cell.kind} cell; only code cells can be blocks."
        )
    _prepare(notebook)
    raw = notebook["cells"][cell.index]
    _set_type(raw, type_)
    if name is not None or upstream:
        mage = raw["metadata"].setdefault("mage", {})
        if name is not None:
            mage["name"] = name
        if upstream:
            mage["upstream"] = list(upstream)
    return next(one for one in _tagged(notebook) if one.index == cell.index)


def untag_cell(notebook: dict[str, Any], ref: str) -> TaggedCell:
    """Make one cell scratch again; what its metadata says of the block goes too.

    Raises:
        NotFoundError: when there is no such cell.
    """
    cell = find_cell(notebook, ref)
    _prepare(notebook)
    raw = notebook["cells"][cell.index]
    _without_type(raw)
    raw.get("metadata", {}).pop("mage", None)
    return TaggedCell(cell_id=str(raw["id"]), index=cell.index)


def _without_read_charts(notebook: dict[str, Any]) -> list[TaggedCell]:
    """A cell that blocks below read from is no chart, whatever it draws."""
    analysis = _read(notebook).analysis
    read = {
        source.rsplit(".", 1)[0] for block in analysis.blocks for source in block.inputs.values()
    }
    for block in analysis.blocks:
        if block.type is BlockType.CHART and block.name in read:
            _set_type(notebook["cells"][block.index], BlockType.TRANSFORMER)
    return _tagged(notebook)


def _prepare(notebook: dict[str, Any]) -> None:
    if needs_upgrade(notebook):
        upgrade(notebook)


def _set_type(raw: dict[str, Any], type_: BlockType) -> None:
    _without_type(raw)
    metadata = raw.setdefault("metadata", {})
    metadata["tags"] = [*metadata.get("tags", []), f"{BLOCK_TAG}{type_.value}"]


def _without_type(raw: dict[str, Any]) -> None:
    metadata = raw.get("metadata", {})
    tags = metadata.get("tags")
    if isinstance(tags, list):
        kept = [tag for tag in tags if not (isinstance(tag, str) and tag.startswith(BLOCK_TAG))]
        if kept:
            metadata["tags"] = kept
        else:
            metadata.pop("tags")


def _read(notebook: dict[str, Any]) -> WorkbenchReading:
    pipeline = pipeline_of(notebook, "")
    name = "pipeline" if leads_out(pipeline) else pipeline
    return read_workbench(notebook, path="", pipeline=name)


def _tagged(notebook: dict[str, Any]) -> list[TaggedCell]:
    reading = _read(notebook)
    together = suggested_merges(reading)
    return [
        TaggedCell(
            cell_id=block.cell_id,
            index=block.index,
            type=block.type,
            name=block.name,
            **together.get(block.cell_id, {}),
        )
        for block in reading.analysis.blocks
    ]


def suggested_merges(reading: WorkbenchReading) -> dict[str, dict[str, str]]:
    """Give for each cell that only makes sense together with one above: its id, and why."""
    places = {block.cell_id: block.index for block in reading.blocks}
    found: dict[str, dict[str, str]] = {}
    for offer in reading.offers:
        other = offer.fix.cell_id
        if offer.repair.act != "merge" or other is None or other not in places:
            continue
        mine = offer.diagnostic.cell_id
        above, below = sorted((other, mine), key=lambda one: places.get(one, offer.cell))
        if above != below:
            found.setdefault(below, {"merge": above, "why": offer.diagnostic.message})
    return found


def _type_of(cell: Cell) -> BlockType | None:
    translation = translate(cell.source)
    if translation.foreign is not None:
        return foreign_type(translation.foreign)
    return guess_type(translation.source)


def _rebound(cells: Sequence[Cell]) -> set[str]:
    """Give the names that more than one cell binds."""
    seen: set[str] = set()
    twice: set[str] = set()
    for cell in cells:
        try:
            names = bound_names(ast.parse(translate(cell.source).source).body)
        except (SyntaxError, ValueError):
            continue
        twice |= names & seen
        seen |= names
    return twice


def _constants(cell: Cell, rebound: set[str]) -> BlockType | None:
    """A cell of literals can be copied to the blocks that read them.

    Unless another cell binds the names too.
    """
    try:
        body = ast.parse(translate(cell.source).source).body
    except (SyntaxError, ValueError):
        return None
    plain = [node for node in body if isinstance(node, ast.Assign) and is_constant(node.value)]
    return BlockType.TRANSFORMER if bound_names(plain) & rebound else None
