"""Whatever byte of a stored product changes, loading it notices, or gives what is equal."""

from __future__ import annotations

from typing import Any

import altair as alt
import geopandas as gpd
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse
import shapely
from sklearn.linear_model import LinearRegression

from mage_jlab.blocks.worker.codecs.decode import FILES
from mage_jlab.blocks.worker.codecs.registry import FILE
from mage_jlab.blocks.worker.failures import StatedError

VALUES = {
    "frame": pd.DataFrame({"n": [1, None], "t": ["a", "ü"], "o": [{1}, 2]}, index=["x", "y"]),
    "series": pd.Series(pd.Categorical(["x", None])),
    "geography": gpd.GeoDataFrame(geometry=[shapely.Point(1, 2)], crs=4326),
    "polars": pl.DataFrame({"a": [[1], None]}),
    "arrow": pa.array([1, 2]),
    "array": np.arange(6).reshape(2, 3),
    "sparse": scipy.sparse.csr_array(np.eye(2)),
    "masked": np.ma.masked_array([1, 2], mask=[0, 1]),
    "json": {"a": "x" * 17_000},
    "text": "ü" * 17_000,
    "bytes": b"abc",
    "plotly": go.Figure(go.Bar(x=[1], y=[2])),
    "altair": alt.Chart(pd.DataFrame({"a": [1]})).mark_bar().encode(x="a:Q"),
    "model": LinearRegression(),
    "object": {1, 2},
}


@pytest.mark.parametrize("name", VALUES)
def test_a_changed_byte_is_noticed(codec: Any, name: str) -> None:
    stored = codec.store(x=VALUES[name])["x"]
    path = codec.root / stored["uri"] / (FILE if stored.get("codec") else FILES[stored["type"]])
    whole = path.read_bytes()
    step = max(1, len(whole) // 2500)
    with path.open("r+b") as file:
        for at in range(0, len(whole), step):
            file.seek(at)
            file.write(bytes([whole[at] ^ (1 << at % 8)]))
            file.flush()
            _is_lost(codec, stored)
            file.seek(at)
            file.write(whole[at : at + 1])
        file.flush()
        assert type(codec.load(stored)) is type(VALUES[name])
        for length in sorted({0, *range(len(whole) - 1, 0, -step)}, reverse=True):
            file.truncate(length)
            _is_lost(codec, stored)


def _is_lost(codec: Any, stored: dict[str, Any]) -> None:
    with pytest.raises(StatedError, match="The stored data of x was altered") as caught:
        codec.load(stored)
    assert caught.value.kind == "ProductLost"


@pytest.mark.parametrize("value", [{"a": [1, None]}, "text", 1.5, None], ids=str)
def test_a_changed_value_in_the_manifest_is_noticed(codec: Any, value: Any) -> None:
    stored = codec.store(x=value)["x"]
    text = stored["inline"]
    for at, letter in enumerate(text):
        altered = {**stored, "inline": text[:at] + chr(ord(letter) ^ 1) + text[at + 1 :]}
        _is_lost(codec, altered)
        _is_lost(codec, {**stored, "inline": text[:at]})


@pytest.mark.parametrize("name", ["frame", "array", "sparse"])
def test_a_large_file_that_cannot_be_read_is_looked_at_whole(
    codec: Any, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr("mage_jlab.blocks.worker.codecs.decode.VERIFIED_SIZE", 0)
    stored = codec.store(x=VALUES[name])["x"]
    file = FILE if stored.get("codec") else FILES[stored["type"]]
    path = codec.root / stored["uri"] / file
    whole = path.read_bytes()
    path.write_bytes(b"\xff" * 300 + whole[300:-10] + b"\xff" * 10)
    _is_lost(codec, stored)


def test_a_newer_form_is_refused(codec: Any) -> None:
    for value in ({"a": 1}, pd.DataFrame({"a": [1]})):
        stored = codec.store(x=value)["x"]
        for newer in ({**stored, "version": 2}, {**stored, "type": "hologram"}):
            with pytest.raises(StatedError, match="x was stored by a newer mage_jlab") as caught:
                codec.load(newer)
            assert caught.value.kind == "NewerProduct"
            with pytest.raises(StatedError, match="newer"):
                codec.decoder.table(newer)


def test_an_object_whose_class_is_gone_says_so(codec: Any, monkeypatch: Any) -> None:
    import decimal

    stored = codec.store(x=(decimal.Decimal("1.5"),))["x"]
    monkeypatch.delattr(decimal, "Decimal")
    with pytest.raises(StatedError, match=r"x \(tuple\) cannot be loaded here \(AttributeError"):
        codec.load(stored)
