"""Geometries in well-known binary as text for people, so that a view needs no geometry library.

The forms are those of OGC 06-103r4 and the flags for dimensions and reference systems of PostGIS.
"""

from __future__ import annotations

import math
import struct

MOST_POINTS = 200
"""A geometry with more points is shown by its kind and size only."""

_KINDS = {
    1: "POINT",
    2: "LINESTRING",
    3: "POLYGON",
    4: "MULTIPOINT",
    5: "MULTILINESTRING",
    6: "MULTIPOLYGON",
    7: "GEOMETRYCOLLECTION",
}
_POINT, _LINE, _POLYGON, _COLLECTION = 1, 2, 3, 7
_HAS_Z, _HAS_M, _HAS_SRID = 0x80000000, 0x40000000, 0x20000000


def geometry_text(data: bytes) -> str:
    """Write a geometry as well-known text; a long or an unknown one by its kind and size.

    Args:
        data: the geometry in well-known binary.
    """
    reader = _Reader(data)
    try:
        return reader.geometry()
    except (struct.error, KeyError, _TooLongError):
        return f"{reader.kind or 'geometry'} … ({len(data):,} bytes)"


class _TooLongError(Exception):
    """There are too many points to show."""


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._points = 0
        self.kind = ""

    def geometry(self, *, named: bool = True) -> str:
        """Read one geometry, with its kind before it unless that is said by what holds it."""
        order = "<" if self._read("B") else ">"
        code = int(self._read(f"{order}I"))
        if code & _HAS_SRID:
            self._read(f"{order}I")
        base = code & 0xFFFF
        with_z = bool(code & _HAS_Z) or base // 1000 in (1, 3)
        with_m = bool(code & _HAS_M) or base // 1000 in (2, 3)
        kind = base % 1000
        name = _KINDS[kind]
        self.kind = self.kind or name
        dimensions = ("Z" if with_z else "") + ("M" if with_m else "")
        inside = self._inside(kind, order, 2 + len(dimensions))
        head = " ".join(part for part in (name, dimensions) if part)
        return f"{head} {inside}" if named else inside

    def _inside(self, kind: int, order: str, size: int) -> str:
        if kind == _POINT:
            point = self._point(order, size)
            return f"({point})" if point else "EMPTY"
        count = int(self._read(f"{order}I"))
        if kind == _LINE:
            parts = [self._point(order, size) for _ in range(count)]
        elif kind == _POLYGON:
            parts = [self._inside(_LINE, order, size) for _ in range(count)]
        else:
            parts = [self.geometry(named=kind == _COLLECTION) for _ in range(count)]
        return f"({', '.join(parts)})" if parts else "EMPTY"

    def _point(self, order: str, size: int) -> str:
        self._points += 1
        if self._points > MOST_POINTS:
            raise _TooLongError
        numbers = [self._read(f"{order}d") for _ in range(size)]
        return "" if all(map(math.isnan, numbers)) else " ".join(f"{n:.15g}" for n in numbers)

    def _read(self, form: str) -> float:
        value: float = struct.unpack_from(form, self._data, self._at)[0]
        self._at += struct.calcsize(form)
        return value
