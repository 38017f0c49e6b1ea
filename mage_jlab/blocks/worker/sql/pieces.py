"""One statement of a SQL block: its text, its values, and where they stand in the file."""

from __future__ import annotations

from typing import Any, NamedTuple

from .dialects import literal
from .failures import SqlError
from .template import Rendered


class Text(NamedTuple):
    """A piece of a statement; ``at`` is its offset in the rendered text.

    ``made`` says that it does not stand there but was made for that place.
    """

    text: str
    at: int
    made: bool = False


class Bound(NamedTuple):
    """A value that becomes a bind parameter."""

    value: Any
    at: int


class Statement:
    """One statement of a block.

    Args:
        pieces: its text and its values in order.
        tokens: its tokens, markers included.
        rendered: what it was made of.
    """

    def __init__(self, pieces: list[Text | Bound], tokens: list[Any], rendered: Rendered) -> None:
        self.pieces = pieces
        self.tokens = tokens
        self._rendered = rendered

    @property
    def values(self) -> list[Any]:
        """The values of its parameters, in order."""
        return [piece.value for piece in self.pieces if isinstance(piece, Bound)]

    def text(self, marks: list[str] | None = None, double_percent: bool = False) -> str:
        """Give the text to send.

        Args:
            marks: what stands for each parameter.
            double_percent: whether a driver takes ``%`` for the start of a parameter.
        """
        given = iter(marks or [])
        return "".join(
            next(given)
            if isinstance(piece, Bound)
            else piece.text.replace("%", "%%")
            if double_percent
            else piece.text
            for piece in self.pieces
        )

    def quoted(self, token: Any) -> str:
        """Give a token as it is written."""
        return self._rendered.text[token.start : token.end + 1]

    def inside(self, before: str, after: str = "") -> Statement:
        """Give the statement with text of ours around it."""
        start = Text(before, self.tokens[0].start, True)
        pieces = [start, *self.pieces, Text(after, self.tokens[-1].end, True)]
        return Statement(pieces, self.tokens, self._rendered)

    def without_values(self, provider: str) -> Statement:
        """Give the statement with its values as literals, for those that take no parameters."""
        pieces: list[Text | Bound] = [
            Text(literal(piece.value, provider), piece.at, True)
            if isinstance(piece, Bound)
            else piece
            for piece in self.pieces
        ]
        return Statement(pieces, self.tokens, self._rendered)

    def origin(self, offset: int, marks: list[str] | None = None) -> int:
        """Give the offset in the file of a character of ``text(marks)``."""
        given = iter(marks or [])
        for piece in self.pieces:
            length = len(next(given)) if isinstance(piece, Bound) else len(piece.text)
            if offset < length:
                inside = 0 if isinstance(piece, Bound) or piece.made else offset
                return self._rendered.origin(piece.at + inside)
            offset -= length
        return self.end

    @property
    def file(self) -> str:
        """The text of the block's file."""
        return self._rendered.file

    @property
    def start(self) -> int:
        """The offset in the file of its first word."""
        return self._rendered.origin(self.tokens[0].start)

    @property
    def end(self) -> int:
        """The offset in the file of its last character."""
        return self._rendered.origin(self.tokens[-1].end)

    def error(self, kind: str, message: str, offset: int | None = None) -> SqlError:
        """Give a failure at an offset in the file, by default at the statement's start."""
        return SqlError(kind, message, self.file, self.start if offset is None else offset)
