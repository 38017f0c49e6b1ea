"""R's own serialization (version 2, little-endian), as ``unserialize`` and ``serialize`` speak it.

The format is that of "R Internals", section 1.8. Numbers lie in it as they lie in memory, so that
a column is written and read in one piece.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any, NamedTuple, cast

HEAD = b"B\n" + struct.pack("<3i", 2, 0x040000, 0x020300)

NULL, PAIRS, SYMBOL, STRING = 254, 2, 1, 9
LOGICAL, INTEGER, DOUBLE, COMPLEX, TEXTS, LIST, RAW = 10, 13, 14, 15, 16, 19, 24
REFERENCE = 255

IS_OBJECT, HAS_ATTRIBUTES, HAS_TAG = 1 << 8, 1 << 9, 1 << 10
ASCII, UTF8 = 0x40000 | STRING, 0x8000 | STRING

NA_INTEGER = -(2**31)

_SIZES = {LOGICAL: 4, INTEGER: 4, DOUBLE: 8, COMPLEX: 16, RAW: 1}
_CASTS = {
    LOGICAL: "i",
    INTEGER: "i",
    DOUBLE: "d",
    COMPLEX: "d",
    RAW: "B",
}
_int = struct.Struct("<i")


class Vector(NamedTuple):
    """A vector of R: its type, its length, its values as pieces of the stream, its attributes.

    ``pieces`` are bytes or buffers; for a list they are what ``pieces_of`` gives for its items.
    """

    type: int
    length: int
    pieces: Sequence[Any]
    attributes: Sequence[tuple[str, Vector]] = ()


def stream(value: Vector | None) -> list[Any]:
    """Give the pieces of a whole stream of one value; None is R's NULL."""
    return [HEAD, *pieces_of(value)]


def pieces_of(value: Vector | None) -> list[Any]:
    """Give the pieces of one value within a stream."""
    if value is None:
        return [_int.pack(NULL)]
    flags = value.type
    if value.attributes:
        flags |= HAS_ATTRIBUTES
        if any(name == "class" for name, _ in value.attributes):
            flags |= IS_OBJECT
    pieces = [_int.pack(flags) + _length(value.length), *value.pieces]
    for name, attribute in value.attributes:
        pieces.append(struct.pack("<2i", PAIRS | HAS_TAG, SYMBOL) + string(name))
        pieces += pieces_of(attribute)
    if value.attributes:
        pieces.append(_int.pack(NULL))
    return pieces


def _length(count: int) -> bytes:
    if count < 2**31:
        return _int.pack(count)
    return struct.pack("<iII", -1, count >> 32, count & 0xFFFFFFFF)


def string(text: str | None) -> bytes:
    """Give one element of a vector of texts; None is NA."""
    if text is None:
        return struct.pack("<2i", STRING, -1)
    data = text.encode("utf-8")
    return struct.pack("<2i", ASCII if text.isascii() else UTF8, len(data)) + data


def texts(values: Sequence[str | None], **attributes: Vector) -> Vector:
    """Give a vector of texts; None is NA."""
    return Vector(TEXTS, len(values), [*map(string, values)], tuple(attributes.items()))


def numbers(type_: int, values: Sequence[Any], *attributes: tuple[str, Vector]) -> Vector:
    """Give a vector of numbers.

    Args:
        type_: ``LOGICAL``, ``INTEGER`` or ``DOUBLE``.
        values: Python's numbers.
        attributes: its attributes.
    """
    code = "d" if type_ == DOUBLE else "i"
    return Vector(type_, len(values), [struct.pack(f"<{len(values)}{code}", *values)], attributes)


def listed(items: Sequence[Vector | None], *attributes: tuple[str, Vector]) -> Vector:
    """Give a list of values."""
    pieces = [piece for item in items for piece in pieces_of(item)]
    return Vector(LIST, len(items), pieces, attributes)


def named(items: dict[str, Vector | None], *attributes: tuple[str, Vector]) -> Vector:
    """Give a list of values with names."""
    return listed(list(items.values()), ("names", texts(list(items))), *attributes)


class Reader:
    """Reads one value: lists as lists, or dicts where they have names; NULL as None.

    Numbers come as memory views of the stream, texts as lists.

    Args:
        data: the stream.
    """

    def __init__(self, data: Any) -> None:
        self._data = memoryview(data)
        self._at = len(HEAD)
        self._symbols: list[str] = []
        if bytes(self._data[:2]) != HEAD[:2]:
            raise ValueError("This is no stream of R's.")

    def value(self) -> Any:
        """Read the value that begins here."""
        flags = self._integer()
        type_ = flags & 0xFF
        if type_ == NULL:
            return None
        length = self._integer()
        if length == -1:
            length = self._integer() << 32 | self._integer() & 0xFFFFFFFF
        found: Any
        if type_ == LIST:
            found = [self.value() for _ in range(length)]
        elif type_ == TEXTS:
            found = [self._text() for _ in range(length)]
        else:
            size = length * _SIZES[type_]
            found = cast("Any", self._data[self._at : self._at + size]).cast(_CASTS[type_])
            self._at += size
        names = self._attributes().get("names") if flags & HAS_ATTRIBUTES else None
        return dict(zip(names, found)) if names is not None and type_ == LIST else found

    def _attributes(self) -> dict[str, Any]:
        found = {}
        while self._integer() & 0xFF == PAIRS:
            name = self._symbol()
            found[name] = self.value()
        return found

    def _symbol(self) -> str:
        flags = self._integer()
        if flags & 0xFF == REFERENCE:
            return self._symbols[(flags >> 8) - 1]
        self._symbols.append(self._text() or "")
        return self._symbols[-1]

    def _text(self) -> str | None:
        self._integer()
        length = self._integer()
        if length == -1:
            return None
        self._at += length
        return str(self._data[self._at - length : self._at], "utf-8", "backslashreplace")

    def _integer(self) -> int:
        (value,) = _int.unpack_from(self._data, self._at)
        self._at += 4
        return int(value)
