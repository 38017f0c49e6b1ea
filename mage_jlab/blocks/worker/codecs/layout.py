"""What an Arrow file of a product shows: its columns, without what only the round trip needs."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

LAYOUT = b"mage_jlab"


class Shown(NamedTuple):
    """A column as a reader sees it: its field's place in the file, its name and its type's name."""

    field: int
    name: str
    type: str


def shown_columns(schema: Any) -> list[Shown]:
    """Give the columns to show, index levels that say something first.

    An index level says something when it has a name or is not a number: the row numbers that a
    filter leaves behind are no data.

    Args:
        schema: the Arrow schema of a product's file.
    """
    import pyarrow as pa

    metadata = schema.metadata or {}
    if LAYOUT not in metadata:
        return [Shown(i, field.name, str(field.type)) for i, field in enumerate(schema)]
    layout = json.loads(metadata[LAYOUT])
    shown = []
    for level, spec in enumerate(layout["index"]):
        field = schema.field(spec["field"])
        label = layout["names"][level]
        if label is not None or not pa.types.is_integer(field.type):
            plain = "index" if len(layout["index"]) == 1 else f"level_{level}"
            shown.append(_shown(schema, spec, plain if label is None else str(label)))
    for spec in layout["columns"]:
        shown.append(_shown(schema, spec, schema.field(spec["field"]).name))
    return shown


def _shown(schema: Any, spec: dict[str, Any], name: str) -> Shown:
    field = schema.field(spec["field"])
    kind = (
        "object"
        if spec["how"] == "pickled"
        else str(getattr(field.type, "storage_type", field.type))
    )
    return Shown(spec["field"], name, kind)
