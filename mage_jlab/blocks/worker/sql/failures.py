"""Failures of SQL blocks: with the line and column of the block's file where they are known."""

from __future__ import annotations

from typing import NamedTuple

from ..failures import StatedError


class Spot(NamedTuple):
    """A place in a file; both count from 1."""

    line: int
    column: int


def place_of(text: str, offset: int) -> Spot:
    """Give the line and column of a character.

    Args:
        text: the file's text.
        offset: the character, from 0.
    """
    offset = max(0, min(offset, len(text)))
    before = text[:offset]
    return Spot(before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1)


class SqlError(StatedError):
    """A failure of a SQL block.

    Args:
        kind: the type that the reader sees.
        message: what happened; where a database said so, in its words.
        text: the file's text, when the place in it is known.
        offset: the character that it is about, from 0.
    """

    def __init__(
        self, kind: str, message: str, text: str | None = None, offset: int | None = None
    ) -> None:
        place = None
        if text is not None and offset is not None:
            place = place_of(text, offset)
            message = f"{message} (line {place.line}, column {place.column})"
        super().__init__(kind, message)
        if text is not None and place is not None:
            self.line, self.column = place
            self.shown = _excerpt(text, place)


def _excerpt(text: str, place: Spot) -> str:
    """Give the line with a mark below the column; a long line is cut around it."""
    line = text.split("\n")[place.line - 1].rstrip("\r").replace("\t", " ")
    start = max(0, place.column - 61)
    return f"{line[start : start + 120]}\n{' ' * (place.column - 1 - start)}^"


def missing_package(package: str, extra: str | None = None) -> StatedError:
    """Give the failure for a package that the interpreter of the blocks lacks.

    Args:
        package: what could not be imported.
        extra: the extra of mage_jlab that brings it; None when it is mage_jlab's own need.
    """
    what = f"mage_jlab[{extra}]" if extra else package
    return StatedError(
        "MissingPackage",
        f"This block needs {package}, which its Python does not have: "
        f'install it there with pip install "{what}".',
    )
