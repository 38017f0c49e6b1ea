"""Settings of the session: in a notebook they hold for all cells below them, in a run as well.

Those above the first block go to the pipeline's set-up file, which runs before each block; those
further down are copied into each block below. One that needs more than imports, functions and
literals cannot be carried, and is refused.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from mage_jlab.domain.analysis import Severity
from mage_jlab.notebook.block_work import BlockWork
from mage_jlab.notebook.document import Cell
from mage_jlab.notebook.environment import Binding, Environment
from mage_jlab.notebook.facts import CellFacts, Parsed, facts_of
from mage_jlab.notebook.heads import import_lines
from mage_jlab.notebook.known import BUILTINS
from mage_jlab.notebook.problems import Place, error, merge
from mage_jlab.notebook.randomness import seeds
from mage_jlab.notebook.resolving import Resolver, Survey
from mage_jlab.notebook.scope_state import Context
from mage_jlab.notebook.scopes import bound_names
from mage_jlab.notebook.statements import text_of

_DRAWING = ("matplotlib.", "seaborn.", "plotly.", "altair.")
_DRAWING_WORDS = frozenset({"plt", "sns", "px", "alt", "plot", "hist", "boxplot", "subplots", "ax"})
_LOG_WORDS = frozenset({"logging", "logger", "log"})
_ALONE = (ast.Expr, ast.Assign, ast.AnnAssign, ast.AugAssign, ast.Delete, ast.If, ast.Try)
_ORIGINS = ("import", "definition", "literal", "parameter", "derived")


@dataclass(frozen=True)
class Setting:
    """A statement that changes settings, and what the names that it reads mean there."""

    text: str
    reads: tuple[tuple[str, Binding | None], ...]


@dataclass
class Settings:
    """The settings of a notebook, gathered while it is walked from the top.

    Attributes:
        first: those for the set-up file, which runs before each block.
        carried: those that blocks below get a copy of.
    """

    survey: Survey
    first: list[str] = field(default_factory=list)
    first_reads: dict[str, Binding] = field(default_factory=dict)
    carried: list[Setting] = field(default_factory=list)

    def give(self, resolver: Resolver) -> None:
        """Copy the settings above a block into it."""
        for setting in self.carried:
            resolver.setting(setting.text, setting.reads)

    def gather(
        self, cell: Cell, parsed: Parsed, facts: CellFacts, environment: Environment
    ) -> None:
        """Take over a cell's settings; the environment is the one that the cell leaves."""
        if parsed.tree is None or not facts.session:
            return
        environment.names.trace.keep = False  # it depends on the blocks below
        below = [block for block in self.survey.blocks.values() if block.index > cell.index]
        block = self.survey.blocks.get(cell.index)
        if not below:
            return
        if block is not None and block.function is not None:
            return
        lines = parsed.source.split("\n")
        blocks_above = any(one < cell.index for one in self.survey.blocks)
        leading = not blocks_above
        for node in parsed.tree.body:
            changed = _within(node, facts.session)
            if not changed:
                leading = leading and (block is None or _only_prepares(node))
                continue
            if block is not None and all(seeds(dotted) for dotted in changed.values()):
                continue
            tables = any(dotted.startswith("duckdb.") for dotted in changed.values())
            text = text_of(node, lines)
            setting = None if tables else self._setting(node, text, environment)
            if setting is None:
                self._refuse(cell.index, changed, below)
            elif leading and self._stands_alone(setting.reads):
                self.first.append(setting.text)
            else:
                self.carried.append(setting)

    def function(self, block: BlockWork, facts: CellFacts, environment: Environment) -> None:
        """Refuse the settings of a function cell: they hold for that block alone."""
        name = block.function.name if block.function is not None else ""
        called = facts.values[name].function if name in facts.values else None
        place = facts.binds[name].place if name in facts.binds else Place(1, 1)
        below = [one for one in self.survey.blocks.values() if one.index > block.index]
        changed = sorted(called.sets if called is not None else ())
        changed = [dotted for dotted in changed if not seeds(dotted)]
        environment.names.trace.keep = environment.names.trace.keep and not changed
        if changed and below:
            self._refuse(block.index, {place: changed[0]}, below)

    def _setting(self, node: ast.stmt, text: str, environment: Environment) -> Setting | None:
        """Give a statement as a setting that can be carried, or nothing."""
        definition = isinstance(node, ast.FunctionDef | ast.ClassDef) and node.decorator_list
        if not definition and (not isinstance(node, _ALONE) or bound_names([node])):
            return None
        reads = []
        for name in _reads(text):
            binding = environment.names.get(name)
            if binding is None and name not in BUILTINS:
                return None
            if binding is not None and not self._reaches(name, binding):
                return None
            reads.append((name, binding))
        return Setting(text, tuple(reads))

    def _reaches(self, name: str, binding: Binding) -> bool:
        if binding.origin not in _ORIGINS:
            return False
        if binding.origin == "literal":
            return name not in self.survey.unstable
        return binding.origin != "definition" or name in self.survey.shared

    def _stands_alone(self, reads: Iterable[tuple[str, Binding | None]]) -> bool:
        """Say whether imports and literals are all that a setting reads; note them."""
        found: dict[str, Binding] = {}
        queue = list(reads)
        while queue:
            name, binding = queue.pop()
            if binding is None or name in found:
                continue
            if binding.origin not in ("import", "literal") or name in self.survey.unstable:
                return False
            found[name] = binding
            queue += binding.needs
        self.first_reads.update(found)
        return True

    def _refuse(self, cell: int, changed: dict[Place, str], below: list[BlockWork]) -> None:
        place, dotted = next(iter(changed.items()))
        words = frozenset[str]().union(*(one.parsed.words for one in below))
        if dotted.startswith(_DRAWING) and not words & _DRAWING_WORDS:
            return
        if dotted.startswith("logging.") and not words & _LOG_WORDS:
            return
        if dotted.startswith("duckdb."):
            if "duckdb" not in words:
                return
            message = "DuckDB's own connection keeps this, and each block of a run has a new one."
            user = next(one for one in below if "duckdb" in one.parsed.words)
            fixes = (
                merge(user.index, f"Merge this cell into {user.name}"),
                "Hand it on as a result (….df())",
            )
            self.survey.report(cell, error("cannot-travel", message, place, fixes))
            return
        mine = self.survey.blocks.get(cell)
        scope = (
            f"but in a run for {mine.name} alone" if mine is not None else "and a run has it not"
        )
        message = f"This setting ({dotted}) holds for all cells below, {scope}."
        reach = (
            merge(below[0].index, f"Merge this cell into {below[0].name}"),
            "Write it as a line of its own in an untagged cell, with its value in place",
        )
        found = error("session-setting", message, place, reach)
        if dotted.startswith(_DRAWING):
            found = replace(found, severity=Severity.WARNING)
        self.survey.report(cell, found)

    def source(self) -> str:
        """Write ``utils/<pipeline>_setup.py``; empty when there is nothing to set."""
        if not self.first:
            return ""
        texts = {text: None for binding in self.first_reads.values() for text in binding.statements}
        imports = [text for text in texts if _is_import(text)]
        rest = sorted(
            (one for one in self.first_reads.values() if one.origin == "literal"),
            key=lambda one: (one.cell, one.place.line if one.place else 0),
        )
        literals = dict.fromkeys(text for one in rest for text in one.statements)
        return "\n".join([import_lines(imports), "", *literals, *self.first]) + "\n"


def _is_import(text: str) -> bool:
    return isinstance(ast.parse(text).body[0], ast.Import | ast.ImportFrom | ast.Try | ast.If)


def _within(node: ast.stmt, session: dict[Place, str]) -> dict[Place, str]:
    """Give the changes of the session that a statement makes."""
    top = min([node, *getattr(node, "decorator_list", [])], key=lambda one: one.lineno)
    first = (top.lineno, 0 if top is not node else node.col_offset)
    last = (node.end_lineno or node.lineno, node.end_col_offset or 0)
    return {
        place: dotted
        for place, dotted in session.items()
        if first <= (place.line, place.column - 1) <= last
    }


def _only_prepares(node: ast.stmt) -> bool:
    """Say whether a statement does nothing that a setting below it could have changed."""
    if isinstance(node, ast.Import | ast.ImportFrom | ast.FunctionDef | ast.Pass):
        return True
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Assign) and all(isinstance(one, ast.Name) for one in node.targets):
        return not any(isinstance(part, ast.Call | ast.Attribute) for part in ast.walk(node.value))
    return False


def _reads(text: str) -> list[str]:
    """Give all names that a statement reads, now or when what it defines is called."""
    facts = facts_of(text, Context())
    late = [
        name
        for value in facts.values.values()
        if value.function is not None
        for name, _ in value.function.reads
    ]
    return [name for name in dict.fromkeys([*facts.reads, *late]) if name not in facts.binds]
