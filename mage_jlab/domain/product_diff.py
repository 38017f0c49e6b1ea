"""How a product of one run differs from that of another."""

from __future__ import annotations

from mage_jlab.domain.product import Column
from mage_jlab.domain.product_profile import ColumnProfile
from mage_jlab.domain.word import Json, Word


class TypeChange(Word):
    """A column whose type is another one."""

    name: str
    before: str
    after: str


class SchemaDiff(Word):
    """Columns that came, went, or have another type."""

    added: list[Column] = []
    removed: list[Column] = []
    changed: list[TypeChange] = []


class RowsDiff(Word):
    """How many rows there are and how many differ; ``changed`` is None where no key tells them."""

    before: int | None = None
    after: int | None = None
    added: int | None = None
    removed: int | None = None
    changed: int | None = None


class ColumnDiff(Word):
    """One column on both sides; ``changed`` counts the rows of both in which it differs."""

    name: str
    before: ColumnProfile | None = None
    after: ColumnProfile | None = None
    changed: int | None = None


class ChangedRow(Word):
    """A row that is there on both sides with other values."""

    before: dict[str, Json]
    after: dict[str, Json]


class RowsSample(Word):
    """Some of the rows that differ, by the names of their columns."""

    added: list[dict[str, Json]] = []
    removed: list[dict[str, Json]] = []
    changed: list[ChangedRow] = []


class ProductDiff(Word):
    """How the product ``after`` differs from the product ``before``.

    ``same`` says whether the stored contents are equal; ``summary`` says in a sentence what
    differs. ``key`` names the columns that tell rows; without any, equal rows are counted. For
    texts and JSON ``text`` is a unified diff.
    """

    before: str
    after: str
    same: bool
    summary: str
    schema_: SchemaDiff = SchemaDiff()
    rows: RowsDiff | None = None
    columns: list[ColumnDiff] = []
    key: list[str] | None = None
    sample: RowsSample | None = None
    text: str | None = None
