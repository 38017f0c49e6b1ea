"""Frames, series and tables of other packages as Arrow tables."""

from __future__ import annotations

import sys
from typing import Any

from . import pickles
from .layout import LAYOUT
from .refusals import need


def arrow_table(name: str, value: Any) -> tuple[str, Any] | None:
    """Give a value of pandas, pyarrow or polars as a table.

    Args:
        name: the result's name, for errors.
        value: the value.

    Returns:
        ``frame`` or ``series``, and the Arrow table; None when the value is no table, or does not
        come back from one as it was.

    Raises:
        StatedError: when pyarrow is missing.
    """
    module = type(value).__module__.split(".")[0]
    return _BY_MODULE[module](name, value)


def _of_pandas(name: str, value: Any) -> tuple[str, Any] | None:
    import pandas as pd

    geo = sys.modules.get("geopandas")
    series = (pd.Series, geo.GeoSeries) if geo else (pd.Series,)
    frames = (pd.DataFrame, geo.GeoDataFrame) if geo else (pd.DataFrame,)
    if type(value) not in (*series, *frames):
        return None
    need("pyarrow", name, value)
    from .frames import to_table

    form = "series" if type(value) in series else "frame"
    return form, to_table(value, pickles.dump)


def _of_pyarrow(_: str, value: Any) -> tuple[str, Any] | None:
    import pyarrow as pa

    if isinstance(value, pa.RecordBatch):
        value = pa.Table.from_batches([value])
    if isinstance(value, pa.Table):
        # metadata of ours would show the file as something that it is not
        return None if LAYOUT in (value.schema.metadata or {}) else ("frame", value)
    if isinstance(value, (pa.Array, pa.ChunkedArray)):
        return "series", pa.Table.from_arrays([value], ["value"])
    return None


def of_arrow(table: Any, kind: str) -> Any:
    """Give a value of pyarrow's from its table.

    Args:
        table: the Arrow table.
        kind: the name of the value's type.
    """
    if kind == "pyarrow.lib.Table":
        return table
    if kind == "pyarrow.lib.RecordBatch":
        import pyarrow as pa

        batches = table.combine_chunks().to_batches()
        return batches[0] if batches else pa.RecordBatch.from_pylist([], table.schema)
    column = table.column(0)
    if kind == "pyarrow.lib.ChunkedArray":
        return column
    joined = column.combine_chunks()
    return joined.chunk(0) if hasattr(joined, "num_chunks") else joined


def _of_polars(name: str, value: Any) -> tuple[str, Any] | None:
    if type(value).__name__ not in ("DataFrame", "Series"):
        return None
    need("pyarrow", name, value)
    import polars as pl

    is_series = isinstance(value, pl.Series)
    frame = value.to_frame() if is_series else value
    if any(dtype == pl.Object for dtype in frame.dtypes):
        return None
    import pyarrow as pa

    try:
        table = frame.to_arrow(compat_level=pl.CompatLevel.newest())
    except pa.ArrowInvalid:
        # a type that Arrow has not, as integers of 128 bits
        return None
    # joining the chunks would copy all of it, only to compare
    back: Any = pl.from_arrow(table, rechunk=False)
    if back.schema != frame.schema or not back.equals(frame):
        return None
    return "series" if is_series else "frame", table


_BY_MODULE = {
    "pandas": _of_pandas,
    "geopandas": _of_pandas,
    "pyarrow": _of_pyarrow,
    "polars": _of_polars,
}
