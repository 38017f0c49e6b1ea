"""Problems: what is wrong in one cell, before it is known which cell of the notebook that is."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mage_jlab.domain.analysis import Diagnostic, Fix, Severity

EDIT = "edit"
"""The act of a repair that only a person can carry out."""


@dataclass(frozen=True)
class Place:
    """A place in a cell: line and column from 1, and the column after its last character."""

    line: int
    column: int
    end: int | None = None


@dataclass(frozen=True)
class Repair:
    """One way to mend a problem.

    Attributes:
        act: what is done (a key of ``fixing.ACTS``), ``go`` or ``edit``.
        title: a sentence for people.
        cell: the index of the cell that it is done to; by default the problem's own.
        names: what the act needs to know: names, or texts.
        automatic: nothing is left to choose, and the notebook gives what it gave.
    """

    act: str
    title: str
    cell: int | None = None
    names: tuple[str, ...] = ()
    automatic: bool = False


def merge(cell: int, title: str) -> Repair:
    """Give the repair that joins the problem's cell with another one: exact, so automatic."""
    return Repair("merge", title, cell, automatic=True)


def make_block(title: str, cell: int | None = None) -> Repair:
    """Give the repair that makes an untagged cell a block: exact, so automatic."""
    return Repair("make-block", title, cell, automatic=True)


@dataclass(frozen=True)
class Problem:
    """One sentence about a cell; without a place it is about the whole cell.

    A fix that is only a sentence is for a person to carry out.
    """

    severity: Severity
    code: str
    message: str
    place: Place | None = None
    fixes: tuple[str | Repair, ...] = ()

    @property
    def repairs(self) -> tuple[Repair, ...]:
        """All fixes as repairs."""
        return tuple(Repair(EDIT, one) if isinstance(one, str) else one for one in self.fixes)

    def at(self, place: Place | None) -> Problem:
        """Give the same problem at a place."""
        return replace(self, place=place)

    def diagnostic(self, cell_id: str, index: int, repairs: Sequence[Fix] = ()) -> Diagnostic:
        """Give the diagnostic on a cell, with its fixes as they are named there."""
        place = self.place
        return Diagnostic(
            cell_id=cell_id,
            index=index,
            line=place.line if place else None,
            column=place.column if place else None,
            end_column=place.end if place else None,
            severity=self.severity,
            code=self.code,
            message=self.message,
            fixes=[repair.title for repair in self.repairs],
            repairs=list(repairs),
        )


def error(
    code: str, message: str, place: Place | None = None, fixes: tuple[str | Repair, ...] = ()
) -> Problem:
    """Give a problem that stops the export."""
    return Problem(Severity.ERROR, code, message, place, fixes)


def warning(
    code: str, message: str, place: Place | None = None, fixes: tuple[str | Repair, ...] = ()
) -> Problem:
    """Give a problem that does not stop the export."""
    return Problem(Severity.WARNING, code, message, place, fixes)


def note(code: str, message: str, place: Place | None = None) -> Problem:
    """Give a note: worth knowing, nothing to do."""
    return Problem(Severity.INFO, code, message, place)


_NAMED = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Places:
    """Turns the places of syntax tree nodes (columns in UTF-8 bytes) into places in a text."""

    def __init__(self, text: str) -> None:
        self._lines = text.split("\n")
        self._plain = text.isascii()

    def of(self, node: ast.AST) -> Place:
        """Give the place of a node; of a definition, the place of its name."""
        line = getattr(node, "lineno", 1)
        start = self._column(line, getattr(node, "col_offset", 0))
        if isinstance(node, _NAMED):
            text = self._lines[line - 1] if line <= len(self._lines) else ""
            found = text.find(node.name, start - 1)
            start = found + 1 if found >= 0 else start
            return Place(line, start, start + len(node.name))
        last = getattr(node, "end_lineno", line)
        end = self._column(line, getattr(node, "end_col_offset", 0)) if last == line else None
        return Place(line, start, end)

    def _column(self, line: int, offset: int) -> int:
        if self._plain or line > len(self._lines):
            return offset + 1
        return len(self._lines[line - 1].encode()[:offset].decode(errors="ignore")) + 1
