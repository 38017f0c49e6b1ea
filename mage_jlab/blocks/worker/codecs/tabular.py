"""Frames, series and tables of other packages as Arrow tables."""

from __future__ import annotations

from typing import Any

from . import pickles
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

    if type(value) is not pd.DataFrame and type(value) is not pd.Series:
        return None
    need("pyarrow", name, value)
    from .frames import to_table

    form = "series" if type(value) is pd.Series else "frame"
    return form, to_table(value, pickles.dump)


def _of_pyarrow(_: str, value: Any) -> tuple[str, Any] | None:
    import pyarrow as pa

    return ("frame", value) if type(value) is pa.Table else None


def _of_polars(name: str, value: Any) -> tuple[str, Any] | None:
    if type(value).__name__ not in ("DataFrame", "Series"):
        return None
    need("pyarrow", name, value)
    import polars as pl

    is_series = isinstance(value, pl.Series)
    frame = value.to_frame() if is_series else value
    if any(dtype == pl.Object for dtype in frame.dtypes):
        return None
    table = frame.to_arrow(compat_level=pl.CompatLevel.newest())
    back: Any = pl.from_arrow(table)
    if back.schema != frame.schema or not back.equals(frame):
        return None
    return "series" if is_series else "frame", table


_BY_MODULE = {"pandas": _of_pandas, "pyarrow": _of_pyarrow, "polars": _of_polars}
