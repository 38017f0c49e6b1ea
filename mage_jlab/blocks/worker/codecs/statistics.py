"""A summary of each column, kept in the manifest so that nobody reads the file for it."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from .layout import Shown

MOST_COLUMNS = 200
"""Columns after these have no summary."""


def summary(table: Any, columns: list[Shown]) -> dict[str, Any]:
    """Give nulls, least and greatest value of each column, by name.

    Args:
        table: the Arrow table.
        columns: the columns to describe.
    """
    return {column.name: _column(table.column(column.field)) for column in columns[:MOST_COLUMNS]}


def _column(column: Any) -> dict[str, Any]:
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    found: dict[str, Any] = {"nulls": column.null_count}
    ordered = (
        pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_temporal(kind)
    ) and not pa.types.is_duration(kind)
    if ordered and len(column) > column.null_count:
        try:
            ends = pc.min_max(column)
            found["min"], found["max"] = (_json(ends[end].as_py()) for end in ("min", "max"))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, ValueError, OverflowError):
            # a moment that Python has no value for, or a type without order: no least and greatest
            return found
    return found


def _json(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, int) and abs(value) > 2**53:
        return str(value)
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    return value
