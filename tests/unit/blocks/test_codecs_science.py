"""Sparse matrices, masked arrays, geometries, figures and models come back as they were."""

from __future__ import annotations

import altair as alt
import geopandas as gpd
import matplotlib.figure
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import pyarrow as pa
import pytest
import scipy.sparse
import shapely
from geopandas.testing import assert_geodataframe_equal, assert_geoseries_equal
from sklearn.cluster import DBSCAN
from sklearn.linear_model import LinearRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

FORMATS = ("csr", "csc", "coo", "bsr", "dia", "lil", "dok")


def _parts(value):
    names = ("data", "indices", "indptr", "offsets", "row", "col")
    return {name: getattr(value, name) for name in names if hasattr(value, name)}


def _same_sparse(one, other):
    assert type(one) is type(other)
    assert (one.shape, one.dtype) == (other.shape, other.dtype)
    np.testing.assert_array_equal(one.toarray(), other.toarray())
    if other.format in ("lil", "dok"):
        return
    theirs = _parts(other)
    for name, part in _parts(one).items():
        assert part.dtype == theirs[name].dtype, name
        np.testing.assert_array_equal(part, theirs[name])


@pytest.mark.parametrize("kind", ["matrix", "array"])
@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("dtype", ["f8", "i2", "c16", "?"])
def test_sparse_of_every_format(codec, kind, form, dtype):
    dense = np.array([[0, 1, 0, 2], [0, 0, 0, 0], [3, 0, 0, 4]]).astype(dtype)
    value = getattr(scipy.sparse, f"{form}_{kind}")(dense)
    stored = codec.store(x=value)["x"]
    assert (stored["type"], stored["codec"], stored["rows"]) == ("array", "sparse", 3)
    again = codec.load(stored)
    _same_sparse(again, value)
    (again * 2).toarray()
    if form in ("csr", "csc", "lil", "dok"):
        again[0, 1] = 0
    else:
        again.data[...] = 0
    _same_sparse(codec.load(stored), value)


def test_sparse_keeps_wide_indices_doubles_zeros_and_dimensions(codec):
    wide = scipy.sparse.csr_array(np.eye(3))
    wide.indices, wide.indptr = wide.indices.astype("i8"), wide.indptr.astype("i8")
    _same_sparse(codec.again(wide), wide)
    doubled = scipy.sparse.coo_array(([1, 2, 0], ([0, 0, 1], [1, 1, 0])), shape=(2, 2))
    _same_sparse(codec.again(doubled), doubled)
    unsorted = scipy.sparse.csr_matrix(([1.0, 2], [2, 0], [0, 2]), shape=(1, 3))
    _same_sparse(codec.again(unsorted), unsorted)
    for empty in (scipy.sparse.csr_array((0, 4)), scipy.sparse.dok_array((2, 0))):
        _same_sparse(codec.again(empty), empty)
    cube = scipy.sparse.coo_array(np.arange(8).reshape(2, 2, 2))
    again = codec.again(cube)
    np.testing.assert_array_equal(again.toarray(), cube.toarray())
    line = scipy.sparse.csr_array(np.array([0, 1, 2]))
    np.testing.assert_array_equal(codec.again(line).toarray(), line.toarray())


@pytest.mark.parametrize(
    "value",
    [
        np.ma.masked_array([1, 2, 3], mask=[True, False, True], fill_value=7),
        np.ma.masked_array([1.5, np.nan]),
        np.ma.masked_array(np.asfortranarray([[1, 2], [3, 4]]), mask=[[0, 1], [0, 0]]),
        np.ma.masked_array(["a", "bc"], mask=[False, True]),
        np.ma.masked_array(["2020", "NaT"], mask=[0, 1], dtype="M8[D]", hard_mask=True),
        np.ma.masked_array([], dtype="i4"),
        np.ma.masked_array(3, mask=True),
    ],
    ids=lambda value: f"{value.dtype} {value.shape}",
)
def test_masked_arrays(codec, value):
    stored = codec.store(x=value)["x"]
    again = codec.load(stored)
    assert (stored["type"], stored["codec"]) == ("array", "masked")
    assert (again.dtype, again.shape, again.hardmask) == (value.dtype, value.shape, value.hardmask)
    assert again.flags.f_contiguous == value.flags.f_contiguous
    assert (again.mask is np.ma.nomask) == (value.mask is np.ma.nomask)
    np.testing.assert_array_equal(again.data, value.data)
    np.testing.assert_array_equal(again.mask, value.mask)
    assert str(again.fill_value) == str(value.fill_value)


@pytest.mark.parametrize(
    "dtype",
    [
        np.dtype([("a", "i1"), ("b", "f8")], align=True),
        np.dtype({"names": ["x", "y"], "formats": ["i4", "i4"], "offsets": [8, 0], "itemsize": 16}),
        np.dtype([("deep", [("x", "M8[ns]"), ("s", "U3")], (2,))]),
        np.dtype((np.record, [("a", "i4")])),
        np.dtype([("o", object)]),
        np.dtype("S3"),
        np.dtype("V5"),
        np.dtype(">c16"),
        np.dtype("m8[25s]"),
        np.dtypes.StringDType(),
    ],
    ids=str,
)
def test_arrays_of_odd_types(codec, dtype):
    array = np.zeros((2, 3), dtype)
    again = codec.again(array)
    assert (again.dtype, again.dtype.type, type(again)) == (dtype, dtype.type, np.ndarray)
    np.testing.assert_array_equal(again, array)


POINTS = [shapely.Point(1, 2), None, shapely.Point(0.1, -0.3), shapely.Point()]


def _geo(**options):
    return gpd.GeoDataFrame({"n": [1, 2, 3, 4]}, geometry=POINTS, **options)


@pytest.mark.parametrize(
    "value",
    [
        _geo(crs="EPSG:4326"),
        _geo(),
        _geo(crs="+proj=utm +zone=32 +ellps=WGS84"),
        _geo(crs=3857).rename_geometry("here").set_index("n"),
        _geo(crs=3857).assign(other=gpd.GeoSeries(POINTS[::-1], crs=4326)).set_geometry("other"),
        _geo(crs=3857).iloc[:0],
        gpd.GeoDataFrame({"a": [1]}),
        gpd.GeoDataFrame(
            geometry=[
                shapely.LineString([(0, 0, 1), (1, 1, 2)]),
                shapely.MultiPolygon([shapely.box(0, 0, 1, 1)]),
                shapely.GeometryCollection([shapely.Point(1, 1)]),
                shapely.LinearRing([(0, 0), (1, 1), (1, 0)]),
                shapely.set_srid(shapely.Point(1, 1), 4326),
            ]
        ),
    ],
    ids=range(8),
)
def test_geographic_frames(codec, value):
    value.attrs = {"source": "x"}
    stored = codec.store(x=value)["x"]
    again = codec.load(stored)
    assert (stored["type"], type(again)) == ("frame", gpd.GeoDataFrame)
    assert again.active_geometry_name == value.active_geometry_name
    assert again.attrs == value.attrs
    if value.active_geometry_name is None:
        pd.testing.assert_frame_equal(pd.DataFrame(again), pd.DataFrame(value))
        return
    assert_geodataframe_equal(again, value)
    for name in value.columns[value.dtypes == "geometry"]:
        assert again[name].crs == value[name].crs
        shapes, theirs = np.asarray(again[name]), np.asarray(value[name])
        assert [type(one) for one in shapes] == [type(one) for one in theirs]
        assert list(shapely.get_srid(shapes)) == list(shapely.get_srid(theirs))
        assert list(shapely.to_wkb(shapes)) == list(shapely.to_wkb(theirs))


def test_geographic_series_and_its_file(codec):
    series = gpd.GeoSeries(POINTS, crs=4326, name="where", index=list("abcd"))
    stored = codec.store(x=series)["x"]
    again = codec.load(stored)
    assert (stored["type"], type(again)) == ("series", gpd.GeoSeries)
    assert_geoseries_equal(again, series)
    assert (again.name, again.crs) == ("where", series.crs)
    assert stored["schema"][1] == {"name": "where", "type": "geometry"}
    with pa.memory_map(str(codec.root / stored["uri"] / "data.arrow")) as source:
        field = pa.ipc.open_file(source).schema.field(0)
    assert field.metadata[b"ARROW:extension:name"] == b"geoarrow.wkb"


def test_values_of_arrow(codec):
    table = pa.table({"a": [1, None], "d": pa.array(["x", "y"]).dictionary_encode()})
    values = [
        table,
        table.slice(0, 0),
        table.to_batches()[0],
        table.to_batches()[0].slice(0, 0),
        pa.array([[1], None, []]),
        pa.array([1, 2, 3]).slice(1),
        pa.array([], pa.decimal128(9, 2)),
        pa.array(["x", None, "x"]).dictionary_encode(),
        pa.chunked_array([[1], [2, 3]]),
        pa.chunked_array([], pa.int8()),
        pa.scalar(3, pa.int8()),
        pa.scalar(None, pa.timestamp("ns", "UTC")),
        table.replace_schema_metadata({"mage_jlab": "of somebody else"}),
    ]
    for value in values:
        again = codec.again(value)
        assert type(again) is type(value)
        assert again.equals(value)
        assert getattr(again, "type", None) == getattr(value, "type", None)


def test_figures_are_the_same_objects_again_and_show_themselves(codec):
    drawn = matplotlib.figure.Figure()
    drawn.subplots().plot([1, 3], label="line")
    stored = codec.store(x=drawn)["x"]
    again = codec.load(stored)
    assert stored["type"] == "figure"
    assert again.axes[0].lines[0].get_ydata().tolist() == [1, 3]
    bars = go.Figure(go.Bar(x=np.arange(3), y=[1, None, 3]), layout={"title": {"text": "t"}})
    assert codec.again(bars) == bars
    assert codec.again(bars).data[0].x.dtype == np.arange(3).dtype
    chart = alt.Chart(pd.DataFrame({"a": [1, 2]})).mark_bar().encode(x="a:Q")
    again = codec.again(chart)
    assert type(again) is alt.Chart
    assert again.to_dict() == chart.to_dict()
    pd.testing.assert_frame_equal(again.data, chart.data)


def test_models_show_their_parameters(codec):
    model = LinearRegression(positive=True).fit([[1], [2]], [1, 2])
    stored = codec.store(x=model)["x"]
    assert (stored["type"], stored["type_name"]) == (
        "model",
        "sklearn.linear_model._base.LinearRegression",
    )
    assert stored["shown"]["positive"] is True
    assert codec.load(stored).coef_ == model.coef_
    scaler = StandardScaler().fit([[1.0], [3.0]])
    assert codec.again(scaler).mean_ == [2.0]
    assert codec.store(x=DBSCAN(metric_params={1: 2}))["x"]["shown"]["metric_params"] == "{1: 2}"
    steps = codec.store(x=make_pipeline(scaler, model))["x"]
    assert steps["type"] == "model"
    assert len(steps["shown"]["steps"]) <= 200


def test_a_model_without_parameters_is_one_all_the_same(codec):
    class Odd:
        def fit(self): ...
        def predict(self): ...

    assert "shown" not in codec.store(x=Odd())["x"]
    assert codec.store(x=Odd())["x"]["type"] == "model"
