"""Frames and series of every dtype, kind of index, label and gap come back as they were."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import Any

import numpy as np
import pandas as pd
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from pandas.testing import assert_series_equal

ROWS = 4
EXAMPLES = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
NUMPY_TYPES = ("i1", "u2", "i4", "u8", "f2", "f4", "f8", "c16", "?", ">i4", "M8[ns]", "m8[s]")
NULLABLE = {"Int8": st.integers(-9, 9), "UInt64": st.integers(0, 2**64 - 1),
            "Float64": st.floats(allow_nan=False), "boolean": st.booleans(),
            "string": st.text(max_size=4), "int16[pyarrow]": st.integers(-9, 9)}  # fmt: skip
ZONES = [dt.UTC, zoneinfo.ZoneInfo("Europe/Berlin"), dt.timezone(dt.timedelta(hours=-3.5))]
MISSING = st.sampled_from([None, np.nan, pd.NA, pd.NaT])
moments = st.datetimes(pd.Timestamp("1950"), pd.Timestamp("2200"))


def _several(cells: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(cells, min_size=ROWS, max_size=ROWS)


@st.composite
def columns(draw: st.DrawFn) -> pd.Series:
    """Give a column of any dtype, with gaps of any kind."""
    kind = draw(st.sampled_from(["numpy", "nullable", "zoned", "object", "text", "category",
                                 "period", "interval", "sparse"]))  # fmt: skip
    if kind == "numpy":
        return pd.Series(draw(hnp.arrays(draw(st.sampled_from(NUMPY_TYPES)), ROWS)))
    if kind == "nullable":
        dtype = draw(st.sampled_from(list(NULLABLE)))
        return pd.Series(draw(_several(st.none() | NULLABLE[dtype])), dtype=dtype)
    if kind == "zoned":
        times = pd.to_datetime(draw(_several(st.none() | moments)))
        unit = draw(st.sampled_from(["s", "ms", "us", "ns"]))
        return pd.Series(times.as_unit(unit).tz_localize("UTC")).dt.tz_convert(
            draw(st.sampled_from(ZONES))
        )
    if kind == "object":
        leaf = st.integers() | st.floats() | st.text(max_size=3) | st.dates() | st.binary()
        cells = leaf | MISSING | st.lists(leaf, max_size=2) | st.tuples(st.integers())
        return pd.Series(draw(_several(cells)), dtype=object)
    if kind == "text":
        return pd.Series(draw(_several(st.none() | st.text(max_size=4))), dtype="str")
    if kind == "category":
        order = draw(st.permutations(["a", "b", "c"]))
        cells = draw(_several(st.sampled_from([None, *order])))
        return pd.Series(pd.Categorical(cells, categories=order, ordered=draw(st.booleans())))
    if kind == "period":
        months = draw(_several(st.none() | st.integers(0, 600)))
        texts = [None if n is None else f"{1970 + n // 12}-{n % 12 + 1:02}" for n in months]
        return pd.Series(pd.PeriodIndex(texts, freq="M"))
    if kind == "interval":
        ends = draw(_several(st.integers(-99, 99)))
        side = draw(st.sampled_from(["left", "right", "both", "neither"]))
        return pd.Series(pd.arrays.IntervalArray.from_arrays(ends, [n + 1 for n in ends], side))
    return pd.Series(pd.arrays.SparseArray(draw(_several(st.sampled_from([0, 1])))))


names = st.none() | st.text(max_size=3) | st.integers() | st.tuples(st.text(max_size=2))


@st.composite
def indexes(draw: st.DrawFn) -> pd.Index:
    """Give an index of any kind, named or not."""
    start = draw(st.integers(-9, 9))
    first = draw(moments.filter(lambda at: at.year > 1971))
    kind = draw(
        st.sampled_from(["range", "moments", "periods", "intervals", "spans", "two", "any"])
    )
    if kind == "range":
        index: pd.Index = pd.RangeIndex(start, start + 2 * ROWS, 2)
    elif kind == "moments":
        frequency = draw(st.sampled_from(["D", "h", "7min", "MS", "W-TUE", "QE-FEB", "B"]))
        times = pd.date_range(first, periods=ROWS, freq=frequency)
        zone = draw(st.sampled_from([None, *ZONES]))
        index = times if zone is None else times.tz_localize("UTC").tz_convert(zone)
    elif kind == "periods":
        index = pd.period_range(pd.Period(first, "M"), periods=ROWS)
    elif kind == "intervals":
        index = pd.interval_range(start, start + ROWS)
    elif kind == "spans":
        index = pd.timedelta_range(f"{abs(start)}h", periods=ROWS, freq="90min")
    elif kind == "two":
        levels = [draw(columns().filter(_hashable)), list("aabb")]
        return pd.MultiIndex.from_arrays(levels, names=[draw(names), "two"])
    else:
        index = pd.Index(draw(columns().filter(_hashable)))
    return index.rename(draw(names))


def _hashable(column: pd.Series) -> bool:
    if isinstance(column.dtype, pd.SparseDtype) or column.dtype == "float16":
        return False
    return not any(isinstance(cell, list) for cell in column)


@st.composite
def frames(draw: st.DrawFn) -> pd.DataFrame:
    """Give a frame of such columns, labels that may repeat or be no text, and such an index."""
    parts = draw(st.lists(columns(), max_size=4))
    frame = pd.concat(parts, axis=1) if parts else pd.DataFrame(index=range(ROWS))
    label = st.text(max_size=2) | st.integers(0, 3) | st.none()
    labels = draw(st.lists(label, min_size=len(parts), max_size=len(parts)))
    frame.columns = pd.Index(labels, name=draw(names), dtype=object if labels else None)
    frame.index = draw(indexes())
    return frame.iloc[: draw(st.sampled_from([0, 1, ROWS, ROWS]))]


@EXAMPLES
@given(frame=frames())
def test_frames(codec: Any, same_frame: Any, frame: pd.DataFrame) -> None:
    again = codec.again(frame)
    same_frame(again, frame)
    assert again.index.names == frame.index.names
    assert again.columns.name == frame.columns.name


@EXAMPLES
@given(series=columns(), index=indexes(), name=names)
def test_series(codec: Any, series: pd.Series, index: pd.Index, name: Any) -> None:
    series.index, series.name = index, name
    assert_series_equal(codec.again(series), series, check_freq=True, check_index_type=True)
