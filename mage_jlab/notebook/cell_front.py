"""What a cell says by itself, whatever stands above it: its role, its syntax tree, its style."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace

from mage_jlab.notebook.block_work import BlockWork
from mage_jlab.notebook.document import Cell
from mage_jlab.notebook.facts import Parsed, parse
from mage_jlab.notebook.function_cells import decorated_function, without_guards
from mage_jlab.notebook.problems import Repair, error
from mage_jlab.notebook.roles import Role, role_of


@dataclass(frozen=True, eq=False)
class Front:
    """A code cell before the notebook is walked.

    Attributes:
        cell: the cell, with a copy of the metadata that count: a notebook may change in place.
        said: these metadata as text: ``1``, ``1.0`` and ``true`` are not the same there.
        is_python: whether the notebook is in Python.
        block: what is known of it as a block, when it is one.
    """

    cell: Cell
    said: str
    role: Role
    parsed: Parsed
    is_python: bool
    block: BlockWork

    def fits(self, cell: Cell) -> bool:
        """Say whether a cell has the same place, text and metadata."""
        mine = self.cell
        return (
            mine.index == cell.index
            and mine.id == cell.id
            and mine.source == cell.source
            and self.said == _said(cell)
        )


def front_of(cell: Cell, *, is_python: bool) -> Front:
    """Look at a code cell by itself."""
    said = _said(cell)
    cell = replace(cell, metadata={"tags": cell.tags, "mage": copy.deepcopy(cell.mage)})
    role, parsed = role_of(cell), parse(cell.source)
    block = BlockWork(cell, role, parsed)
    for problem in role.problems:
        block.report(problem)
    if role.kind == "block" and is_python:
        _look_for_function(block)
    return Front(cell, said, role, parsed, is_python, block)


def _look_for_function(block: BlockWork) -> None:
    """Make a block one of a function cell, if its cell is one."""
    cell, role = block.cell, block.role
    block.function, type_, second = decorated_function(block.parsed)
    if block.function is None:
        return
    block.style, block.parsed = "function", without_guards(block.parsed)
    if second is not None:
        block.report(second)
    if (
        type_ is not None
        and type_ is not role.type
        and any(tag.startswith("block:") for tag in cell.tags)
    ):
        title = f"Make it a {type_.value}"
        repair = Repair("set-type", title, names=(type_.value,), automatic=True)
        message = f"The cell's tag says {role.type.value}, and its decorator {type_.value}."
        block.report(error("block-type", message, None, (repair,)))


def _said(cell: Cell) -> str:
    given = cell.metadata
    return repr((given.get("tags"), given.get("mage"))) if given else ""
