"""Every value comes back as it was, down to types, index, labels and missing values."""

from __future__ import annotations

import datetime as dt
import decimal
import json
import math
import string
import zoneinfo
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal, assert_series_equal

from mage_jlab.blocks.worker.codecs.decode import Decoder
from mage_jlab.blocks.worker.codecs.encode import Encoder
from mage_jlab.blocks.worker.codecs.files import OutputFolder
from mage_jlab.blocks.worker.failures import StatedError

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


class Codec:
    """Stores values and loads them again."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.count = 0

    def store(self, **values):
        self.count += 1
        folder = OutputFolder(str(self.root), f"run/block/-/{self.count}")
        stored = Encoder(folder).encode(values)
        folder.seal({"products": stored})
        assert json.loads(json.dumps(stored)) == stored
        return {product["name"]: product for product in stored}

    def again(self, value):
        return self.load(self.store(x=value)["x"])

    def load(self, stored):
        self.decoder = Decoder(str(self.root))
        return self.decoder.load(stored)


@pytest.fixture(scope="module")
def codec(tmp_path_factory):
    return Codec(tmp_path_factory.mktemp("products"))


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
def test_frames_come_back_exactly(codec, name, rows):
    frame = FRAMES[name].iloc[:rows]
    _assert_same_frame(codec.again(frame), frame)


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
def test_indexes_come_back_exactly(codec, name):
    frame = pd.DataFrame({"a": [1, 2, 3]}, index=INDEXES[name])
    _assert_same_frame(codec.again(frame), frame)
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
def test_labels_come_back_exactly(codec, labels):
    frame = pd.DataFrame([[1, "a"], [2, "b"]])
    frame.columns = labels
    _assert_same_frame(codec.again(frame), frame)


def test_shapes_without_rows_or_columns(codec):
    for frame in (
        pd.DataFrame(),
        pd.DataFrame(index=[1, 2]),
        pd.DataFrame(columns=["a", "b"]),
        pd.DataFrame({"a": []}, dtype="int64"),
    ):
        _assert_same_frame(codec.again(frame), frame)


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


def test_a_frame_behaves_like_an_ordinary_one(codec):
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
    _assert_same_frame(codec.load(stored), frame)


def test_frames_are_mapped_not_copied(codec):
    frame = pd.DataFrame({"a": np.arange(100_000)})
    again = codec.load(codec.store(x=frame)["x"])
    values = again["a"].array.to_numpy()
    base = codec.decoder.kept[0]["a"].array.to_numpy()
    assert np.shares_memory(values, base)
    assert not base.flags.writeable


def test_what_results_share_stays_shared(codec):
    shared = [1]
    stored = codec.store(a={"list": shared}, b={"also": shared, "set": {1}}, c={2})
    one, two = codec.load(stored["b"]), codec.decoder.load(stored["c"])
    assert one == {"also": [1], "set": {1}}
    assert two == {2}
    pair = codec.store(one=(shared, {1}), two=[shared, (2,)])
    first = codec.load(pair["one"])
    assert first[0] is codec.decoder.load(pair["two"])[0]


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (None, "json"),
        (True, "json"),
        (10**30, "json"),
        (-0.0, "json"),
        ({"a": [1, {"b": None}], "": "ü"}, "json"),
        ("text \ud800\n", "text"),
        ("x" * 50_000, "text"),
        (list(range(10_000)), "json"),
        (b"\x00\xff", "bytes"),
        (b"", "bytes"),
        ((1, 2), "object"),
        ({1, 2}, "object"),
        ({1: "a"}, "object"),
        ([(1,)], "object"),
        (math.inf, "object"),
        (10**400, "object"),
        (decimal.Decimal("1.0"), "object"),
        (dt.datetime(2020, 1, 1, tzinfo=BERLIN), "object"),
        (bytearray(b"x"), "object"),
        (np.float64(1.5), "object"),
        (pd.Timestamp("2020-01-01", tz="UTC"), "object"),
        (pd.Index([1, 2]).name, "json"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_plain_values(codec, value, form):
    stored = codec.store(x=value)["x"]
    assert stored["type"] == form
    again = codec.load(stored)
    assert type(again) is type(value)
    assert repr(again) == repr(value)


def test_nan_and_cycles_are_kept_as_objects(codec):
    again = codec.again({"a": math.nan})
    assert math.isnan(again["a"])
    cycle = [1]
    cycle.append(cycle)
    again = codec.again(cycle)
    assert again[1] is again


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6).reshape(2, 3),
        np.asfortranarray(np.arange(6.0).reshape(2, 3)),
        np.array(3),
        np.array([]),
        np.zeros((0, 4)),
        np.array(["a", "bc"]),
        np.array(["2020", "NaT"], dtype="M8[D]"),
        np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", ">f8")]),
        np.array([1, "a", None], dtype=object),
        np.ma.masked_array([1, 2], mask=[True, False]),
        np.array([1j]),
    ],
    ids=lambda array: f"{type(array).__name__} {array.dtype} {array.shape}",
)
def test_arrays(codec, array):
    stored = codec.store(x=array)["x"]
    again = codec.load(stored)
    assert type(again) is type(array)
    assert again.dtype == array.dtype
    assert again.flags.f_contiguous == array.flags.f_contiguous
    np.testing.assert_array_equal(again, array)
    if again.size and stored["type"] == "array":
        again[...] = again.flat[0]
        np.testing.assert_array_equal(codec.load(stored), array)


def test_polars_and_arrow(codec):
    frame = pl.DataFrame(
        {
            "a": [1, None],
            "s": ["x", "y"],
            "c": pl.Series(["u", "v"], dtype=pl.Categorical),
            "e": pl.Series(["u", "v"], dtype=pl.Enum(["u", "v"])),
            "l": [[1], []],
            "d": [dt.date(2020, 1, 1), None],
        }
    )
    stored = codec.store(x=frame)["x"]
    again = codec.load(stored)
    assert again.schema == frame.schema
    assert again.equals(frame)
    assert (stored["type"], stored["type_name"]) == ("frame", "polars.dataframe.frame.DataFrame")
    assert codec.again(frame["a"]).equals(frame["a"])
    table = pa.table({"a": [1, 2]}, metadata={"k": "v"})
    assert codec.again(table).equals(table, check_metadata=True)
    odd = pl.DataFrame({"o": pl.Series([{1}], dtype=pl.Object)})
    with pytest.raises(StatedError, match="The result x is a polars"):
        codec.again(odd)


def test_manifests_describe_frames(codec):
    frame = pd.DataFrame(
        {"n": [1, 3], "t": pd.to_datetime(["2020", None]), "o": [{1}, {2}]},
        index=pd.Index(["x", "y"], name="k"),
    )
    stored = codec.store(x=frame)["x"]
    assert stored["schema"] == [
        {"name": "k", "type": "large_string"},
        {"name": "n", "type": "int64"},
        {"name": "t", "type": "timestamp[us]"},
        {"name": "o", "type": "object"},
    ]
    assert stored["rows"] == 2
    assert stored["statistics"]["n"] == {"nulls": 0, "min": 1, "max": 3}
    assert stored["statistics"]["t"]["nulls"] == 1
    assert stored["bytes"] == (codec.root / stored["uri"] / "data.arrow").stat().st_size


def test_lost_and_altered_products_are_refused(codec):
    stored = codec.store(x=pd.DataFrame({"a": [1, 2, 3]}), y={1})
    for name, file in (("x", "data.arrow"), ("y", "value.pkl")):
        path = codec.root / stored[name]["uri"] / file
        data = bytearray(path.read_bytes())
        data[-10 if name == "y" else 600] ^= 1
        path.write_bytes(data)
        with pytest.raises(StatedError, match="was altered"):
            codec.load(stored[name])
        path.unlink()
        with pytest.raises(StatedError, match="is gone"):
            codec.load(stored[name])


def test_what_cannot_be_stored_names_the_result_and_its_type(codec):
    with pytest.raises(StatedError) as caught:
        codec.store(fine={1}, handle=(i for i in "ab"))
    assert caught.value.kind == "CannotStore"
    assert "The result handle is a generator, which cannot be stored" in str(caught.value)


labels = st.text(string.ascii_letters + "ü ", max_size=5)
cells = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(width=64) | st.text(max_size=5)
    | st.dates() | st.binary(max_size=5) | st.decimals(allow_nan=False, places=2),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip
columns = (
    st.lists(st.integers(-(2**63), 2**63 - 1), min_size=4, max_size=4)
    | st.lists(st.floats(), min_size=4, max_size=4)
    | st.lists(st.none() | st.text(max_size=5), min_size=4, max_size=4)
    | st.lists(cells, min_size=4, max_size=4).map(lambda c: pd.Series(c, dtype=object))
    | st.lists(st.sampled_from(["a", "b", None]), min_size=4, max_size=4).map(pd.Categorical)
    | st.lists(
        st.none() | st.datetimes(pd.Timestamp("1900"), pd.Timestamp("2200")),
        min_size=4,
        max_size=4,
    )
)


@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(frame=st.dictionaries(labels, columns, max_size=4).map(lambda data: pd.DataFrame(data)))
def test_any_frame(codec, frame):
    _assert_same_frame(codec.again(frame), frame)


@settings(max_examples=150, deadline=None)
@given(value=cells)
def test_any_value(codec, value):
    again = codec.again(value)
    assert type(again) is type(value)
    assert repr(again) == repr(value)


def _assert_same_frame(one: pd.DataFrame, other: pd.DataFrame) -> None:
    assert_frame_equal(one, other, check_freq=True, check_column_type="equiv", check_flags=True)
    assert type(one.columns) is type(other.columns)
    assert one.columns.dtype == other.columns.dtype
    assert list(map(type, one.columns)) == list(map(type, other.columns))
    assert type(one.index) is type(other.index)
    for place in range(other.shape[1]):
        mine, theirs = one.iloc[:, place], other.iloc[:, place]
        assert mine.dtype == theirs.dtype
        if theirs.dtype == object:
            assert list(map(type, mine)) == list(map(type, theirs))
            assert list(map(repr, mine)) == list(map(repr, theirs))
        if isinstance(theirs.dtype, pd.DatetimeTZDtype):
            assert type(mine.dtype.tz) is type(theirs.dtype.tz)
