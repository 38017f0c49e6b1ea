"""What charts draw: groups, buckets and points of a pandas frame, counted without Python lists."""

from __future__ import annotations

from typing import Any

from .settings import LARGEST

TIME_BUCKETS = 40
"""How many parts a time series is cut into where no interval is chosen."""

_PERIODS = {
    "second": "s",
    "minute": "min",
    "hour": "h",
    "day": "D",
    "week": "W",
    "month": "M",
    "year": "Y",
}


def without_blanks(values: Any) -> Any:
    """Give a column with its empty and blank texts as missing."""
    import pandas as pd

    if isinstance(values.dtype, pd.CategoricalDtype):
        blank = [c for c in values.cat.categories if isinstance(c, str) and not c.strip()]
        return values.cat.remove_categories(blank)
    if values.dtype != object and not isinstance(values.dtype, pd.StringDtype):
        return values
    if pd.api.types.infer_dtype(values, skipna=True) != "string":
        return values
    return values.mask(values.str.strip() == "")


def grouped(frame: Any, keys: list[Any], metrics: list[tuple[str, str]]) -> Any:
    """Aggregate columns by groups.

    Args:
        frame: the frame.
        keys: one column of values for each level of the groups.
        metrics: aggregation and column.

    Returns:
        A frame with one row for each group, and a column for each metric; 0 where a group has no
        value to aggregate.
    """
    import pandas as pd

    found = {}
    for aggregation, column in metrics:
        values = without_blanks(frame[column])
        if aggregation in ("average", "median", "sum") and values.dtype.kind not in "ifuM":
            values = pd.to_numeric(values, errors="coerce")
        groups = values.groupby(keys, observed=True)
        found[label(aggregation, column)] = _aggregated(groups, aggregation)
    return pd.DataFrame(found).fillna(0)


def label(aggregation: str, column: str) -> str:
    """Give the name of a metric, as axes show it."""
    return f"{aggregation}({column})"


def bins(values: Any, count: int) -> list[dict[str, Any]]:
    """Count numbers or moments in buckets of equal width; empty when there is none.

    Args:
        values: a column of numbers, or of what can be read as such.
        count: how many buckets.
    """
    import numpy as np
    import pandas as pd

    if values.dtype.kind == "M" or isinstance(values.dtype, pd.DatetimeTZDtype):
        numbers = milliseconds(values.dropna()).to_numpy()
    else:
        numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
        numbers = numbers[np.isfinite(numbers)]
    if not len(numbers):
        return []
    counts, edges = np.histogram(numbers, bins=count)
    return [
        {"from": low, "to": high, "rows": rows}
        for low, high, rows in zip(edges[:-1].tolist(), edges[1:].tolist(), counts.tolist())
    ]


def shares(values: Any, count: int) -> list[dict[str, Any]]:
    """Count each value, the most frequent first, at most ``count`` of them."""
    counts = without_blanks(values).value_counts().head(count)
    return [{"value": str(value), "rows": int(rows)} for value, rows in counts.items()]


def time_parts(moments: Any, interval: str) -> Any:
    """Give, for each moment, the end of the part of time that it lies in; missing ones stay so.

    Args:
        moments: a column of datetimes.
        interval: an interval's name; ``original`` cuts the whole into :data:`TIME_BUCKETS`.
    """
    import pandas as pd

    if interval != "original":
        local = moments.dt.tz_localize(None) if moments.dt.tz is not None else moments
        return local.dt.to_period(_PERIODS[interval]).dt.to_timestamp()
    first, last = moments.min(), moments.max()
    if pd.isna(first) or first == last:
        return moments
    width = (last - first) / TIME_BUCKETS
    numbers = ((moments - first) / width).clip(upper=TIME_BUCKETS - 1e-9) // 1
    return first + (numbers + 1) * width


def milliseconds(moments: Any) -> Any:
    """Give moments as milliseconds since 1970, as Vega-Lite takes them."""
    import pandas as pd

    if moments.dt.tz is not None:
        moments = moments.dt.tz_convert("UTC").dt.tz_localize(None)
    return (moments - pd.Timestamp(0)) / pd.Timedelta(milliseconds=1)


def thinned(frame: Any) -> Any:
    """Give at most :data:`LARGEST` rows, at equal distances from each other."""
    step = -(-len(frame) // LARGEST)
    return frame.iloc[::step] if step > 1 else frame


def _aggregated(groups: Any, aggregation: str) -> Any:
    if aggregation == "median":
        # the upper of the two middle ones, as Mage AI has it
        return groups.quantile(0.5, interpolation="higher")
    if aggregation == "mode":
        return groups.agg(lambda part: next(iter(part.mode()), 0))
    names = {"average": "mean", "count_distinct": "nunique"}
    if aggregation == "sum":
        return groups.sum()
    return getattr(groups, names.get(aggregation, aggregation))()
