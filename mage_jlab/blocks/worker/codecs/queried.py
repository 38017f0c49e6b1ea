"""Columns of a query's rows as pandas sees them, whatever the database called their types.

They are what ``duckdb.sql(…).df()`` gives: numbers and truth values with nulls are pandas's
nullable ones. Memory is shared with the file where that is exact.
"""

from __future__ import annotations

import json
from typing import Any

from .columns import from_arrow
from .layout import LAYOUT

HOW = "queried"
"""The description of such a column."""


def with_layout(schema: Any) -> Any:
    """Give a schema with the layout that makes it a pandas frame with row numbers.

    Args:
        schema: the Arrow schema of a query's rows.
    """
    names = list(schema.names)
    layout = {
        "of": "frame",
        "columns": [{"how": HOW, "field": place} for place in range(len(names))],
        "index": [],
        "names": [None],
        "range": None,
        "labels": names,
        "labels_name": None,
        "labels_dtype": "str",
        "shown": [[place, name] for place, name in enumerate(names)],
    }
    return schema.with_metadata({LAYOUT: json.dumps(layout).encode()})


def queried(column: Any) -> Any:
    """Rebuild a column.

    Args:
        column: the chunked Arrow array.
    """
    import pyarrow as pa

    kinds = pa.types
    kind = column.type
    if kinds.is_integer(kind):
        return _integers(column)
    if kinds.is_floating(kind) or kinds.is_duration(kind):
        return _numbers(column)
    if kinds.is_boolean(kind):
        if column.null_count:
            return from_arrow(column, {"how": "extension", "dtype": "boolean"})
        return from_arrow(column, {"how": "bool"})
    if kinds.is_decimal(kind):
        return column.cast(pa.float64()).to_numpy()
    if kinds.is_date(kind):
        return _dates(column)
    if kinds.is_timestamp(kind):
        return _moments(column)
    if kinds.is_string(kind) or kinds.is_large_string(kind):
        return _texts(column)
    if kinds.is_dictionary(kind):
        # only an ENUM comes as one, and its values have an order
        return column.to_pandas().cat.as_ordered().array
    if kind == pa.month_day_nano_interval():
        return _spans(column)
    return _objects(column)


def _numbers(column: Any) -> Any:
    if column.null_count:
        return column.to_numpy()
    dtype = column.type.to_pandas_dtype()
    import numpy as np

    return from_arrow(column, {"how": "numbers", "dtype": np.dtype(dtype).str})


def _integers(column: Any) -> Any:
    if not column.null_count:
        return _numbers(column)
    name = str(column.type)
    dtype = name.replace("uint", "UInt") if name[0] == "u" else name.replace("int", "Int")
    return from_arrow(column, {"how": "extension", "dtype": dtype})


def _dates(column: Any) -> Any:
    import pyarrow as pa

    try:
        return column.cast(pa.timestamp("us")).to_numpy()
    except pa.ArrowInvalid:
        # a date that microseconds do not reach
        return _objects(column)


def _moments(column: Any) -> Any:
    import pandas as pd
    import pyarrow as pa

    zone = column.type.tz
    naive = pa.timestamp(column.type.unit)
    plain = column if zone is None else column.cast(pa.timestamp(column.type.unit, "UTC"))
    values = plain.cast(naive).to_numpy() if zone else _numbers(plain)
    if zone is None:
        return values
    return pd.DatetimeIndex(values).tz_localize("UTC").tz_convert(zone).array


def _texts(column: Any) -> Any:
    import pandas as pd

    if int(pd.__version__.split(".")[0]) < 3:
        return _objects(column)
    return from_arrow(column, {"how": "extension", "storage": "pyarrow", "missing": "nan"})


def _spans(column: Any) -> Any:
    """Give intervals as time deltas; a month counts 30 days, as in ``duckdb.sql(…).df()``."""
    import numpy as np

    parts = np.dtype([("months", "<i4"), ("days", "<i4"), ("nanos", "<i8")])
    out = []
    for chunk in column.chunks:
        raw = np.frombuffer(chunk.buffers()[1], parts, len(chunk), chunk.offset * parts.itemsize)
        days = raw["months"].astype("i8") * 30 + raw["days"]
        span = (days * 86_400_000_000 + raw["nanos"] // 1000).astype("m8[us]")
        span[chunk.is_null().to_numpy(zero_copy_only=False)] = np.timedelta64("NaT")
        out.append(span)
    return np.concatenate(out) if out else np.empty(0, "m8[us]")


def _objects(column: Any) -> Any:
    import numpy as np
    import pyarrow as pa

    if pa.types.is_map(column.type):
        values = [None if item is None else dict(item) for item in column.to_pylist()]
    else:
        values = column.to_pylist()
    return np.fromiter(values, dtype=object, count=len(values))
