"""What the manifest says of each column, and that it stays cheap and small."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mage_jlab.blocks.worker.codecs import statistics
from mage_jlab.blocks.worker.codecs.layout import shown_columns
from mage_jlab.blocks.worker.codecs.tabular import arrow_table


def described(value: Any) -> dict[str, Any]:
    kept = arrow_table("x", value)
    assert kept is not None
    found = statistics.summary(kept[1], shown_columns(kept[1].schema))
    json.dumps(found, allow_nan=False)
    return found


def test_a_small_frame_is_counted_whole() -> None:
    frame = pd.DataFrame(
        {"n": [1, 5, 5, 9], "s": ["a", None, "b", "a"], "b": [True, True, False, True]}
    )
    found = described(frame)
    assert found["n"] == {
        "nulls": 0,
        "mean": 5.0,
        "min": 1,
        "max": 9,
        "distinct": 3,
        "histogram": [
            {"from": low, "to": low + 1, "count": {1: 1, 5: 2, 8: 1}.get(low, 0)}
            for low in range(1, 9)
        ],
    }
    assert (found["s"]["nulls"], found["s"]["distinct"]) == (1, 2)
    assert found["s"]["frequent"][0] == {"value": "a", "count": 2}
    assert found["b"]["frequent"] == [{"value": True, "count": 3}, {"value": False, "count": 1}]
    assert "sampled" not in found["n"]


def test_a_large_frame_is_sampled_and_says_so() -> None:
    rows = 300_000
    frame = pd.DataFrame(
        {
            "id": np.arange(rows),
            "k": np.arange(rows) % 100,
            "s": np.where(np.arange(rows) % 3, "x", "y"),
        }
    )
    found = described(frame)
    assert all(column["sampled"] and not column["distinct_exact"] for column in found.values())
    assert (found["id"]["min"], found["id"]["max"], found["id"]["mean"]) == (0, rows - 1, 149_999.5)
    assert found["id"]["distinct"] == rows
    assert found["k"]["distinct"] == 100
    first, second = found["s"]["frequent"]
    assert (first["value"], second["value"]) == ("x", "y")
    assert first["count"] == pytest.approx(2 * second["count"], rel=0.05)
    counts = [bin_["count"] for bin_ in found["id"]["histogram"]]
    assert len(counts) == 20
    assert max(counts) - min(counts) <= 2


def test_parts_are_sampled_as_one_column_is() -> None:
    whole = pa.table({"n": pa.array(range(100_000))})
    parts = pa.concat_tables([whole.slice(at, 777) for at in range(0, 100_000, 777)])
    columns = shown_columns(whole.schema)
    assert statistics.summary(parts, columns) == statistics.summary(whole, columns)


def test_not_a_number_counts_as_missing() -> None:
    found = described(pl.DataFrame({"x": [1.0, float("nan"), None, 3.0]}))["x"]
    assert (found["nulls"], found["mean"], found["distinct"]) == (2, 2.0, 2)


def test_categories_views_and_durations_have_profiles() -> None:
    polars = pl.DataFrame(
        {"c": pl.Series(["a", "b", "a"], dtype=pl.Categorical), "s": ["u", "v", "u"]}
    )
    assert [described(polars)[name]["frequent"][0]["count"] for name in "cs"] == [2, 2]
    waited = described(pd.DataFrame({"d": pd.to_timedelta([1, 3], unit="s")}))["d"]
    assert (waited["min"], waited["max"], waited["distinct"]) == ("0:00:01", "0:00:03", 2)


def test_sums_beyond_64_bits_do_not_go_round() -> None:
    assert described(pd.DataFrame({"n": [2**62, 2**62, 2**62]}))["n"]["mean"] == 2.0**62


def test_a_column_of_what_has_no_order_has_its_nulls() -> None:
    frame = pd.DataFrame({"l": [[1], None], "i": [np.inf, -np.inf], "e": [None, None]})
    found = described(frame)
    assert found["l"] == {"nulls": 1}
    assert (found["i"]["min"], "mean" in found["i"]) == ("-inf", False)
    assert found["e"]["nulls"] == 2
    assert described(frame[:0])["i"]["distinct"] == 0


def test_wide_frames_have_small_summaries() -> None:
    frame = pd.DataFrame(np.random.default_rng(1).random((1000, 300)))
    found = described(frame.rename(columns=str))
    assert len(found) == statistics.MOST_COLUMNS
    assert sum("histogram" in column for column in found.values()) == statistics.MOST_DRAWN


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False) | st.none(), min_size=1))
@settings(max_examples=60, deadline=None)
def test_every_value_is_in_one_bin(values: list[float | None]) -> None:
    found = described(pd.DataFrame({"x": pd.array(values, dtype="Float64")}))["x"]
    there = [value for value in values if value is not None]
    bins = found.get("histogram", [])
    if bins:
        assert sum(bin_["count"] for bin_ in bins) == len(there)
        assert (bins[0]["from"], bins[-1]["to"]) == (min(there), max(there))
