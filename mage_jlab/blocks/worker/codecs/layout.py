"""What an Arrow file of a product shows: its columns, without what only the round trip needs."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

LAYOUT = b"mage_jlab"
"""The key of the schema's metadata with the layout, as JSON: what columns and index are.

Its ``shown`` lists the place of a field and its name for each column that a reader sees; the rest
is the codec's own.
"""

OBJECT = {b"mage_jlab.type": b"object"}
"""Marks a field that shows a pickled column as text."""


class Shown(NamedTuple):
    """A column as a reader sees it: its field's place in the file, its name and its type's name."""

    field: int
    name: str
    type: str


def shown_columns(schema: Any) -> list[Shown]:
    """Give the columns to show.

    Args:
        schema: the Arrow schema of a product's file.
    """
    metadata = schema.metadata or {}
    if LAYOUT in metadata:
        places = json.loads(metadata[LAYOUT])["shown"]
    else:
        places = [[place, field.name] for place, field in enumerate(schema)]
    return [Shown(place, name, _type(schema.field(place))) for place, name in places]


def data_fields(schema: Any) -> list[int]:
    """Give the places of the fields that hold columns of data, without an index.

    Args:
        schema: the Arrow schema of a product's file.
    """
    metadata = schema.metadata or {}
    if LAYOUT not in metadata:
        return list(range(len(schema)))
    return [column["field"] for column in json.loads(metadata[LAYOUT])["columns"]]


def _type(field: Any) -> str:
    marked = (field.metadata or {}).get(b"mage_jlab.type")
    if marked is not None:
        return str(marked.decode())
    return str(getattr(field.type, "storage_type", field.type))
