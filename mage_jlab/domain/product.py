"""Data products: what a block returned in one run."""

from __future__ import annotations

from enum import StrEnum

from mage_jlab.domain.word import Json, Moment, Word


class ProductType(StrEnum):
    """The form in which a product is stored and shown."""

    FRAME = "frame"
    SERIES = "series"
    ARRAY = "array"
    JSON = "json"
    TEXT = "text"
    BYTES = "bytes"
    FIGURE = "figure"
    MODEL = "model"
    OBJECT = "object"


DISPLAYED = "_display"
"""The name of the product that holds what a block displayed first; later ones: ``_display_2`` …"""


def is_displayed(name: str) -> bool:
    """Say whether a product is what its block displayed, and no result of it."""
    return name == DISPLAYED or name.startswith(f"{DISPLAYED}_")


class Column(Word):
    """One column of a frame: its name and its type, in Arrow's words."""

    name: str
    type: str


class ProductRef(Word):
    """A product as its run lists it.

    ``columns`` is the number of columns of a frame, so that a view can say ``325,819 × 28``.
    """

    id: str
    name: str
    type: ProductType
    rows: int | None = None
    columns: int | None = None
    bytes: int


class Product(Word):
    """A data product with its schema and the first rows (or value) of it.

    ``preview`` holds at most a page of rows for frames and series; ``value`` the value itself for
    JSON and text, ``mime`` a figure's MIME bundle. ``current`` is true for the product of the
    newest successful run; ``uri`` is where its files lie, relative to the variables folder.
    """

    id: str
    block: str
    run: str
    run_number: int
    pipeline: str
    name: str
    type: ProductType
    type_name: str | None = None
    schema_: list[Column] | None = None
    rows: int | None = None
    bytes: int
    created_at: Moment
    code: str
    current: bool = False
    uri: str | None = None
    preview: list[list[Json]] | None = None
    value: Json = None
    mime: dict[str, Json] | None = None


class RowsPage(Word):
    """Rows of a frame: ``rows[i]`` is row ``offset + i``, values in the order of ``columns``."""

    columns: list[Column]
    offset: int
    total: int
    rows: list[list[Json]]
