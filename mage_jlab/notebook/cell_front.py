"""What a cell says by itself, whatever stands above it: its role, its syntax tree, its style."""

from __future__ import annotations

import ast
import copy
from dataclasses import dataclass, replace
from typing import Literal

from mage_jlab.notebook.document import Cell
from mage_jlab.notebook.facts import Parsed, parse
from mage_jlab.notebook.function_cells import decorated_function, without_guards
from mage_jlab.notebook.problems import Problem, Repair, error
from mage_jlab.notebook.roles import Role, role_of


@dataclass(frozen=True, eq=False)
class Front:
    """A code cell before the notebook is walked.

    Attributes:
        cell: the cell, with a copy of the metadata that count: a notebook may change in place.
        is_python: whether the notebook is in Python.
        body: the parsed cell as a block has it: a function cell without its guards.
        problems: what is wrong with it as a block.
    """

    cell: Cell
    role: Role
    parsed: Parsed
    body: Parsed
    is_python: bool
    style: Literal["plain", "function"] = "plain"
    function: ast.FunctionDef | ast.AsyncFunctionDef | None = None
    problems: tuple[Problem, ...] = ()

    def fits(self, cell: Cell) -> bool:
        """Say whether a cell has the same place, text and metadata."""
        mine = self.cell
        return (
            mine.index == cell.index
            and mine.id == cell.id
            and mine.source == cell.source
            and mine.tags == cell.tags
            and mine.mage == cell.mage
        )


def front_of(cell: Cell, *, is_python: bool) -> Front:
    """Look at a code cell by itself."""
    cell = replace(cell, metadata={"tags": cell.tags, "mage": copy.deepcopy(cell.mage)})
    role, parsed = role_of(cell), parse(cell.source)
    if role.kind != "block" or not is_python:
        return Front(cell, role, parsed, parsed, is_python, problems=role.problems)
    function, type_, second = decorated_function(parsed)
    if function is None:
        return Front(cell, role, parsed, parsed, is_python, problems=role.problems)
    problems = [*role.problems, *([second] if second is not None else [])]
    if (
        type_ is not None
        and type_ is not role.type
        and any(tag.startswith("block:") for tag in cell.tags)
    ):
        title = f"Make it a {type_.value}"
        repair = Repair("set-type", title, names=(type_.value,), automatic=True)
        message = f"The cell's tag says {role.type.value}, and its decorator {type_.value}."
        problems.append(error("block-type", message, None, (repair,)))
    body = without_guards(parsed)
    return Front(cell, role, parsed, body, is_python, "function", function, tuple(problems))
