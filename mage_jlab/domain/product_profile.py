"""What the columns of a product hold, and which of its rows are asked for."""

from __future__ import annotations

from enum import StrEnum

from mage_jlab.domain.word import Json, Word


class Bin(Word):
    """A bar of a histogram: values from ``from_`` up to, but without, ``to``; the last with it."""

    from_: Json
    to: Json
    count: int


class Frequent(Word):
    """A value that a column holds often, and how often."""

    value: Json
    count: int


class ColumnProfile(Word):
    """What a column holds, counted when its product was written.

    ``nulls``, ``min``, ``max`` and ``mean`` are those of all rows. With ``sampled``, ``histogram``
    and ``frequent`` count an even sample of the rows; a ``distinct`` that is not
    ``distinct_exact`` is estimated from it, and None where nobody counted.
    """

    name: str
    type: str
    nulls: int
    distinct: int | None = None
    distinct_exact: bool = True
    min: Json = None
    max: Json = None
    mean: float | None = None
    histogram: list[Bin] | None = None
    frequent: list[Frequent] | None = None
    sampled: bool = False


class Profile(Word):
    """The profiles of a product's columns; a column that was not summarised has none."""

    rows: int | None
    bytes: int
    checksum: str
    profiles: list[ColumnProfile]


class FilterOp(StrEnum):
    """How a filter compares the values of a column."""

    EQ = "eq"
    NE = "ne"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    CONTAINS = "contains"
    NULL = "null"
    NOT_NULL = "not_null"


class RowFilter(Word):
    """What the values of a column must be for their rows to be given.

    A missing value satisfies ``null`` alone.
    """

    column: str
    op: FilterOp
    value: Json = None


class TreeItem(Word):
    """A part of a JSON value: its key or place, and itself where it is short.

    ``size`` is the number of children of an object or array, or the characters of a text.
    """

    key: str | int
    path: str
    type: str
    size: int | None = None
    value: Json = None


class TreePage(Word):
    """Children of one part of a JSON value; ``total`` of them there are."""

    path: str
    type: str
    offset: int
    total: int
    items: list[TreeItem]
