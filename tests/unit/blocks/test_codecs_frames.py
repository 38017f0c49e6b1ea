"""Frames and series come back as they were, down to types, index, labels and missing values."""

from __future__ import annotations

import datetime as dt
import decimal
import zoneinfo

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pandas.testing import assert_series_equal

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


def _frames():
    times = pd.to_datetime(["2020-01-01 12:00", None, "2024-02-29 00:00"])
    yield (
        "numbers",
        pd.DataFrame(
            {
                "i": [1, -2, 2**60],
                "u": np.array([1, 2, 2**64 - 1], dtype="uint64"),
                "f": [1.5, np.nan, -0.0],
                "f4": np.array([1, np.inf, np.nan], dtype="float32"),
                "f2": np.array([1, 2, 3], dtype="float16"),
                "b": [True, False, True],
                "c": [1j, 2, 3],
                "big endian": np.array([1, 2, 3], dtype=">i4"),
            }
        ),
    )
    yield (
        "moments",
        pd.DataFrame(
            {
                "us": times,
                "ns": times.astype("datetime64[ns]"),
                "s": times.astype("datetime64[s]"),
                "utc": times.tz_localize("UTC"),
                "other utc": times.tz_localize(zoneinfo.ZoneInfo("UTC")),
                "berlin": times.tz_localize(BERLIN),
                "fixed": times.tz_localize(dt.timezone(dt.timedelta(hours=5, minutes=30))),
                "delta": pd.to_timedelta([1, None, 3], unit="s"),
                "period": pd.PeriodIndex(["2020-01", None, "2020-03"], freq="M"),
            }
        ),
    )
    yield (
        "texts",
        pd.DataFrame(
            {
                "str": ["a", None, "ü"],
                "string": pd.array(["a", None, "b"], dtype="string"),
                "python": pd.array(["a", None, "b"], dtype=pd.StringDtype("python")),
                "objects": pd.Series(["a", None, "b"], dtype=object),
                "nan": pd.Series(["a", np.nan, "b"], dtype=object),
                "surrogate": pd.Series(["\ud800", "b", "c"], dtype=object),
            }
        ),
    )
    yield (
        "nullable",
        pd.DataFrame(
            {
                "Int64": pd.array([1, None, 3], dtype="Int64"),
                "UInt8": pd.array([1, None, 3], dtype="UInt8"),
                "Float64": pd.array([1.5, None, 3], dtype="Float64"),
                "boolean": pd.array([True, None, False], dtype="boolean"),
                "arrow": pd.array([1, None, 3], dtype="int32[pyarrow]"),
                "nested": pd.Series([[1], None, []], dtype=pd.ArrowDtype(pa.list_(pa.int64()))),
                "interval": pd.interval_range(0, 3),
                "sparse": pd.arrays.SparseArray([0, 0, 1]),
            }
        ),
    )
    yield (
        "categories",
        pd.DataFrame(
            {
                "texts": pd.Categorical(["b", None, "a"], categories=["b", "a", "unused"]),
                "ordered": pd.Categorical(
                    ["lo", "hi", "lo"], categories=["lo", "hi"], ordered=True
                ),
                "numbers": pd.Categorical([3, 1, 3]),
                "moments": pd.Categorical(times[[0, 2, 0]]),
                "mixed": pd.Categorical([1, "a", 1]),
                "none": pd.Categorical([None, None, None]),
            }
        ),
    )
    yield (
        "objects",
        pd.DataFrame(
            {
                "lists": [[1, 2], [], None],
                "dicts": [{"a": 1}, {"b": 2}, {}],
                "same dicts": [{"a": 1, "b": "x"}, {"a": 2, "b": None}, {"a": 3, "b": ""}],
                "mixed": [1, "a", None],
                "decimals": [decimal.Decimal("1.10"), None, decimal.Decimal("2.20")],
                "dates": [dt.date(2020, 1, 1), None, dt.date(2021, 1, 1)],
                "arrays": [np.array([1, 2]), np.array([3]), np.array([])],
                "tuples": [(1, 2), (3,), ()],
                "big": [2**70, 1, -(2**80)],
                "flags": pd.Series([True, None, False], dtype=object),
                "timestamps": pd.Series([times[0], times[2], None], dtype=object),
            }
        ),
    )
    yield "sets", pd.DataFrame({"a": [{1, 2}, {3}], "b": [b"x", b""]})


FRAMES = dict(_frames())


@pytest.mark.parametrize("name", FRAMES)
@pytest.mark.parametrize("rows", [3, 0])
def test_frames_come_back_exactly(codec, same_frame, name, rows):
    frame = FRAMES[name].iloc[:rows]
    same_frame(codec.again(frame), frame)


INDEXES = {
    "range": pd.RangeIndex(3),
    "named range": pd.RangeIndex(5, 11, 2, name="n"),
    "filtered": pd.Index([4, 7, 9]),
    "texts": pd.Index(["a", "b", "c"], name="key"),
    "objects": pd.Index(["a", 1, None], dtype=object),
    "dates": pd.date_range("2024-01-01", periods=3, freq="D"),
    "zoned": pd.date_range("2024-03-30", periods=3, freq="h", tz=BERLIN, name="t"),
    "custom": pd.date_range(
        "2024-01-01", periods=3, freq=pd.offsets.CustomBusinessDay(weekmask="Mon Fri")
    ),
    "periods": pd.period_range("2024-01", periods=3, freq="M"),
    "deltas": pd.timedelta_range("1h", periods=3, freq="30min"),
    "intervals": pd.interval_range(0, 3),
    "categories": pd.CategoricalIndex(["b", "a", "b"], categories=["b", "a"]),
    "multi": pd.MultiIndex.from_tuples([("a", 1), ("a", 2), ("b", 1)], names=["k", None]),
    "multi with gaps": pd.MultiIndex.from_arrays(
        [["a", None, "b"], pd.to_datetime(["2020", "2021", None])], names=["k", 7]
    ),
    "one level": pd.MultiIndex.from_arrays([[1, 2, 3]]),
    "tuple name": pd.Index([1, 2, 3], name=("a", "b")),
    "duplicates": pd.Index([1, 1, 2]),
}


@pytest.mark.parametrize("name", INDEXES)
def test_indexes_come_back_exactly(codec, same_frame, name):
    frame = pd.DataFrame({"a": [1, 2, 3]}, index=INDEXES[name])
    same_frame(codec.again(frame), frame)
    series = frame["a"]
    assert_series_equal(codec.again(series), series, check_freq=True, check_index_type=True)


@pytest.mark.parametrize(
    "labels",
    [
        [1, 2],
        ["a", "a"],
        ["a", 1],
        [("a", 1), ("b", 2)],
        [None, "x"],
        pd.Index(["a", "b"], name="what"),
        pd.Index(["a", "b"], dtype=object),
        pd.MultiIndex.from_product([["a"], ["x", "y"]], names=["k", "l"]),
        pd.date_range("2024-01-01", periods=2),
        pd.RangeIndex(2),
    ],
    ids=str,
)
def test_labels_come_back_exactly(codec, same_frame, labels):
    frame = pd.DataFrame([[1, "a"], [2, "b"]])
    frame.columns = labels
    same_frame(codec.again(frame), frame)


def test_shapes_without_rows_or_columns(codec, same_frame):
    for frame in (
        pd.DataFrame(),
        pd.DataFrame(index=[1, 2]),
        pd.DataFrame(columns=["a", "b"]),
        pd.DataFrame({"a": []}, dtype="int64"),
    ):
        same_frame(codec.again(frame), frame)


def test_moments_with_zones_are_columns_of_arrow(codec):
    moments = pd.to_datetime(["2024-01-01", None])
    frame = pd.DataFrame(
        {
            "utc": moments.tz_localize("UTC"),
            "zone": moments.tz_localize(zoneinfo.ZoneInfo("UTC")),
            "berlin": moments.tz_localize(BERLIN),
            "offset": moments.tz_localize(dt.timezone(dt.timedelta(hours=2))),
        }
    )
    types = [column["type"] for column in codec.store(x=frame)["x"]["schema"]]
    assert types == [
        "timestamp[us, tz=UTC]",
        "timestamp[us, tz=UTC]",
        "timestamp[us, tz=Europe/Berlin]",
        "timestamp[us, tz=+02:00]",
    ]


def test_attributes_and_flags_are_kept(codec):
    frame = pd.DataFrame({"a": [1]})
    frame.attrs = {"source": "x", "at": dt.date(2020, 1, 1)}
    frame.flags.allows_duplicate_labels = False
    again = codec.again(frame)
    assert again.attrs == frame.attrs
    assert again.flags.allows_duplicate_labels is False


@pytest.mark.parametrize("name", [None, "x", 3, ("a", 1), dt.date(2020, 1, 1)], ids=str)
def test_names_of_series(codec, name):
    series = pd.Series([1.5, None], name=name)
    assert_series_equal(codec.again(series), series)


def test_a_frame_behaves_like_an_ordinary_one(codec, same_frame):
    frame = pd.DataFrame({"a": np.arange(5), "b": list("vwxyz"), "c": [1.0, 2, 3, 4, 5]})
    stored = codec.store(x=frame)["x"]
    again = codec.load(stored)
    again["a"] += 1
    again.loc[0, "b"] = "new"
    again["d"] = again["c"] * 2
    again.iloc[1, 2] = 99
    del again["d"]
    again = again.sort_values("a", ascending=False)
    again.index = range(5)
    assert again["b"].tolist() == ["z", "y", "x", "w", "new"]
    same_frame(codec.load(stored), frame)


def test_frames_are_mapped_not_copied(codec):
    frame = pd.DataFrame({"a": np.arange(100_000)})
    again = codec.load(codec.store(x=frame)["x"])
    values = again["a"].array.to_numpy()
    base = codec.decoder.kept[0]["a"].array.to_numpy()
    assert np.shares_memory(values, base)
    assert not base.flags.writeable
