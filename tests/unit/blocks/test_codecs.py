"""Values come back as they were, with their types and what they share."""

from __future__ import annotations

import datetime as dt
import decimal
import math
import zoneinfo

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from mage_jlab.blocks.worker.failures import StatedError

BERLIN = zoneinfo.ZoneInfo("Europe/Berlin")


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
    assert stored["statistics"]["n"]["max"] == 3
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
