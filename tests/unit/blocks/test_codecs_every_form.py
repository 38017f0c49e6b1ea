"""Whatever hypothesis thinks of comes back as it was, in each form that is not pandas's."""

from __future__ import annotations

import json
from typing import Any

import altair as alt
import geopandas as gpd
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import polars as pl
import scipy.sparse
import shapely
from geopandas.testing import assert_geodataframe_equal
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from polars.testing.parametric import dataframes

EXAMPLES = settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
NOT_ARROW = [pl.Object, pl.Int128, pl.UInt128]
SPARSE = ("csr", "csc", "coo", "bsr", "dia", "lil", "dok")
shapes = hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3)


@EXAMPLES
@given(frame=dataframes(max_cols=4, max_size=4, excluded_dtypes=[pl.Object]))
def test_polars(codec: Any, frame: pl.DataFrame) -> None:
    again = codec.again(frame)
    assert again.schema == frame.schema
    assert again.equals(frame)
    for series in frame.get_columns():
        once = codec.again(series)
        assert (once.name, once.dtype) == (series.name, series.dtype)
        assert once.equals(series, null_equal=True)


@EXAMPLES
@given(frame=dataframes(max_cols=3, max_size=4, excluded_dtypes=NOT_ARROW))
def test_arrow(codec: Any, frame: pl.DataFrame) -> None:
    table = frame.to_arrow()
    for value in (table, *table.to_batches(), *table.columns):
        again = codec.again(value)
        assert type(again) is type(value)
        assert getattr(again, "schema", None) == getattr(value, "schema", None)
        assert getattr(again, "type", None) == getattr(value, "type", None)
        # NaN is not equal to itself in Arrow, and is in the text of its values
        assert repr(again.to_pylist()) == repr(value.to_pylist())


@EXAMPLES
@given(array=hnp.arrays(hnp.scalar_dtypes() | hnp.array_dtypes(max_size=3), shapes),
       by_columns=st.booleans())  # fmt: skip
def test_arrays(codec: Any, array: Any, by_columns: bool) -> None:
    array = np.asfortranarray(array) if by_columns else array
    again = codec.again(array)
    assert (again.dtype, again.shape) == (array.dtype, array.shape)
    assert again.flags.f_contiguous == array.flags.f_contiguous
    assert again.tobytes() == array.tobytes()


@EXAMPLES
@given(data=st.data())
def test_masked_arrays(codec: Any, data: st.DataObject) -> None:
    shape = data.draw(shapes)
    values = data.draw(hnp.arrays(hnp.scalar_dtypes(), shape))
    mask = data.draw(hnp.arrays("?", shape))
    value = np.ma.MaskedArray(values, mask)
    again = codec.again(value)
    assert (again.dtype, again.shape) == (value.dtype, value.shape)
    assert again.data.tobytes() == value.data.tobytes()
    assert again.mask.tobytes() == value.mask.tobytes()


@EXAMPLES
@given(dense=hnp.arrays(st.sampled_from(["f8", "i4", "?", "c8"]), (3, 4), fill=st.just(0)),
       form=st.sampled_from(SPARSE), kind=st.sampled_from(["array", "matrix"]))  # fmt: skip
def test_sparse(codec: Any, dense: Any, form: str, kind: str) -> None:
    value = getattr(scipy.sparse, f"{form}_{kind}")(dense)
    again = codec.again(value)
    assert (type(again), again.dtype, again.shape) == (type(value), value.dtype, value.shape)
    assert again.nnz == value.nnz
    assert again.toarray().tobytes() == value.toarray().tobytes()


numbers = st.floats(-180, 180)
places = st.tuples(numbers, numbers)
geometries = (
    st.none()
    | places.map(shapely.Point)
    | st.lists(places, min_size=2, max_size=4).map(shapely.LineString)
    | st.lists(places, min_size=1, max_size=3).map(shapely.MultiPoint)
    | st.tuples(numbers, numbers, numbers).map(shapely.Point)
    | st.tuples(numbers, numbers).map(lambda low: shapely.box(*low, low[0] + 1, low[1] + 1))
    | st.just(shapely.Polygon())
)


@EXAMPLES
@given(shapes=st.lists(geometries, max_size=5),
       crs=st.sampled_from([None, 4326, "EPSG:25832", "OGC:CRS84"]))  # fmt: skip
def test_geographic_frames(codec: Any, shapes: list[Any], crs: Any) -> None:
    frame = gpd.GeoDataFrame({"n": range(len(shapes))}, geometry=shapes, crs=crs)
    again = codec.again(frame)
    assert_geodataframe_equal(again, frame)
    assert list(shapely.to_wkb(again.geometry)) == list(shapely.to_wkb(frame.geometry))


cells = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner)
        | st.dictionaries(st.text(max_size=3) | st.integers() | st.floats(), inner, max_size=3)
    ),
    max_leaves=8,
)


@EXAMPLES
@given(values=st.dictionaries(st.text("abcÜ/.", min_size=1, max_size=5), cells, max_size=4))
def test_plain_values_and_pickles_under_any_name(codec: Any, values: dict[str, Any]) -> None:
    stored = codec.store(**values)
    for name, value in values.items():
        again = codec.load(stored[name])
        assert type(again) is type(value)
        assert repr(again) == repr(value)


@EXAMPLES
@given(text=st.text(st.characters(), max_size=50), times=st.sampled_from([1, 400]))
def test_texts_and_bytes_short_and_long(codec: Any, text: str, times: int) -> None:
    text *= times
    assert codec.again(text) == text
    data = text.encode("utf-8", "surrogatepass")
    assert codec.again(data) == data


series = st.lists(st.none() | st.floats(-9, 9), min_size=1, max_size=4)


@settings(EXAMPLES, max_examples=12)
@given(values=series, title=st.text(max_size=5), as_array=st.booleans())
def test_figures(codec: Any, values: list[Any], title: str, as_array: bool) -> None:
    numbers = np.array(values, dtype=float) if as_array else values
    bars = go.Figure(go.Bar(y=numbers), layout={"title": {"text": title}})
    again = codec.again(bars)
    assert again == bars
    assert type(again.data[0].y) is type(bars.data[0].y)
    chart = alt.Chart(pd.DataFrame({"a": values}), title=title).mark_point().encode(x="a:Q")
    again = codec.again(chart)
    assert json.dumps(again.to_dict()) == json.dumps(chart.to_dict())
