"""A block while its notebook is being read."""

from __future__ import annotations

import ast
from dataclasses import dataclass, field
from typing import Any, Literal

from mage_jlab.domain.block import Language
from mage_jlab.notebook.document import Cell
from mage_jlab.notebook.facts import CellFacts, Parsed
from mage_jlab.notebook.outside import Outside
from mage_jlab.notebook.problems import Place, Problem
from mage_jlab.notebook.roles import Role


@dataclass(frozen=True)
class ForeignWork:
    """A block in another language, ready for its file.

    Attributes:
        head: lines that stand above the cell's text.
        text: the cell's text, with templates in the place of marked names.
        configuration: what the run must know beside the text.
        outside: the files and tables that it names.
        words: a name for it, where it gives no result.
        bound: the kind of what its results are in the notebook; empty when no name is bound there.
    """

    language: Language
    text: str
    head: str = ""
    configuration: dict[str, Any] = field(default_factory=dict)
    outside: Outside = field(default_factory=Outside)
    words: str = ""
    bound: str = ""


@dataclass(eq=False)
class BlockWork:
    """What is known so far of one tagged cell.

    Attributes:
        name: its name, known from the second reading on (``this cell`` before).
        inputs: parameter -> the block above that gives it, and the result's name there.
        read_below: its names that blocks below read.
        changes: names of blocks above that it changes in place, and so gives anew.
        foreign: what stands in its file, when it is in SQL or R.
        log: all that is reported on any cell of the notebook, in order.
        index: the cell's place in the notebook.
    """

    cell: Cell
    role: Role
    parsed: Parsed
    facts: CellFacts = field(default_factory=CellFacts)
    style: Literal["plain", "function"] = "plain"
    function: ast.FunctionDef | ast.AsyncFunctionDef | None = None
    name: str = "this cell"
    inputs: dict[str, tuple[BlockWork, str]] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    derived: dict[str, None] = field(default_factory=dict)
    head_imports: dict[str, None] = field(default_factory=dict)
    shared: dict[str, None] = field(default_factory=dict)
    copied: dict[str, None] = field(default_factory=dict)
    changes: dict[str, tuple[Place, bool]] = field(default_factory=dict)
    read_below: dict[str, None] = field(default_factory=dict)
    results: list[str] = field(default_factory=list)
    foreign: ForeignWork | None = None
    problems: list[Problem] = field(default_factory=list)
    log: list[tuple[int, Problem]] = field(default_factory=list)
    index: int = field(init=False)

    def __post_init__(self) -> None:
        self.index = self.cell.index

    def afresh(self, log: list[tuple[int, Problem]]) -> BlockWork:
        """Give another block of the same cell, of which a walk has said nothing yet.

        It is made for each block of each walk, so without a call; what :meth:`begin` makes is
        left out.
        """
        made = object.__new__(BlockWork)
        made.__dict__.update(
            self.__dict__, inputs={}, read_below={}, results=[], problems=[*self.problems], log=log
        )
        return made

    def begin(self) -> None:
        """Make room for what a walk says of the block itself."""
        self.variables, self.derived, self.head_imports = {}, {}, {}
        self.shared, self.copied, self.changes = {}, {}, {}

    def above(self) -> list[BlockWork]:
        """Give the blocks that it reads from, in the notebook's order."""
        found = {id(block): block for block, _ in self.inputs.values()}
        return sorted(found.values(), key=lambda block: block.index)

    def report(self, problem: Problem) -> None:
        """Note a problem, once."""
        self.log.append((self.index, problem))
        if problem not in self.problems:
            self.problems.append(problem)
