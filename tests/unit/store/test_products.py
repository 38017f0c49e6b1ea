"""Previews, pages and exports of stored products, and what a lost one says."""

from __future__ import annotations

import datetime as dt
import io
import json
import time

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet
import pytest

from mage_jlab.blocks.worker.codecs.encode import Encoder
from mage_jlab.blocks.worker.codecs.figures import bundle_of
from mage_jlab.blocks.worker.codecs.files import OutputFolder
from mage_jlab.domain.attempt import StoredProduct
from mage_jlab.domain.errors import BadInputError, NotFoundError, UnprocessableError
from mage_jlab.store.products import (
    is_there,
    product_file,
    read_bundle,
    read_preview,
    read_rows,
)
from mage_jlab.store.products_export import export_product
from mage_jlab.store.products_json import json_value


@pytest.fixture
def store(tmp_path):
    """Give a function that stores values as a worker does, and returns their manifests."""
    count = iter(range(100))

    def stored(**values):
        folder = OutputFolder(str(tmp_path), f"run/block/-/{next(count)}")
        products = Encoder(folder).encode(values)
        folder.seal({"products": products})
        return {p["name"]: StoredProduct.model_validate(p) for p in products}

    return stored


MIXED = pd.DataFrame(
    {
        "n": [2**60, 1, -1],
        "f": [1.5, np.nan, np.inf],
        "t": pd.to_datetime(["2020-01-01 01:02:03.5", None, "2021-01-01 00:00:00.0"]),
        "z": pd.to_datetime(["2020-07-01", None, "2021-01-01"]).tz_localize("Europe/Berlin"),
        "ns": pd.to_datetime([1, 2, 3], unit="ns").astype("datetime64[ns]"),
        "d": pd.to_timedelta([1, None, 3], unit="s"),
        "s": ["a", None, "c"],
        "b": pd.Series([b"x", b"y" * 100, None], dtype=object),
        "l": [[1, 2], [], None],
        "c": pd.Categorical(["u", None, "v"]),
        "o": [{1}, None, {2}],
        "dup": [1, 2, 3],
    }
)


def test_a_page_holds_values_that_json_can_hold(store, tmp_path):
    frame = MIXED.rename(columns={"dup": "n"})
    page = read_rows(tmp_path, store(x=frame)["x"], 0, 2)
    assert [column.name for column in page.columns] == list(frame.columns)
    assert page.total == 3
    assert json.loads(json.dumps(page.rows, allow_nan=False)) == page.rows
    assert page.rows[0] == [
        str(2**60),
        1.5,
        "2020-01-01T01:02:03.500000",
        "2020-07-01T00:00:00+02:00",
        "1970-01-01T00:00:00.000000001",
        "0:00:01",
        "a",
        "'x'",
        [1, 2],
        "u",
        "{1}",
        1,
    ]
    assert page.rows[1][1:7] == [None, None, None, "1970-01-01T00:00:00.000000002", None, None]
    assert page.rows[1][7].endswith("… (100 bytes)")
    assert page.rows[1][9:11] == [None, None]


def test_pages_start_where_they_are_asked_to(store, tmp_path):
    product = store(x=pd.DataFrame({"a": range(10)}))["x"]
    assert read_rows(tmp_path, product, 7, 5).rows == [[7], [8], [9]]
    assert read_rows(tmp_path, product, 70, 5).rows == []
    assert read_rows(tmp_path, product, -3, 1).rows == [[0]]


def test_types_are_arrows_words(store, tmp_path):
    page = read_rows(tmp_path, store(x=MIXED)["x"], 0, 0)
    types = {column.name: column.type for column in page.columns}
    assert types["n"] == "int64"
    assert types["z"] == "timestamp[us, tz=Europe/Berlin]"
    assert types["o"] == "object"
    assert types["l"] == "list<item: int64>"


def test_an_index_that_says_something_is_shown(store, tmp_path):
    frame = pd.DataFrame({"v": [1, 2]}, index=pd.Index(["a", "b"], name="carrier"))
    assert read_rows(tmp_path, store(x=frame)["x"]).rows == [["a", 1], ["b", 2]]
    filtered = frame.reset_index()[1:]
    assert read_rows(tmp_path, store(x=filtered)["x"]).rows == [["b", 2]]
    described = read_rows(tmp_path, store(x=frame.describe())["x"])
    assert described.columns[0].name == "index"
    assert described.rows[0] == ["count", 2.0]


def test_series_and_arrays_have_rows(store, tmp_path):
    series = pd.Series([1, 2], name="v")
    assert read_rows(tmp_path, store(x=series)["x"]).columns[0].name == "v"
    assert read_rows(tmp_path, store(x=series.rename(None))["x"]).columns[0].name == "value"
    matrix = read_rows(tmp_path, store(x=np.arange(6.0).reshape(3, 2))["x"], 1, 1)
    assert (matrix.total, matrix.rows) == (3, [[2.0, 3.0]])
    assert read_rows(tmp_path, store(x=np.array([]))["x"]).rows == []
    cube = read_rows(tmp_path, store(x=np.zeros((1, 2, 2)))["x"])
    assert cube.rows == [[[[0.0, 0.0], [0.0, 0.0]]]]


def test_previews_of_other_values(store, tmp_path):
    stored = store(
        number={"a": [1]}, text="é" * 20_000, big=list(range(9000)), blob=b"xyz", thing={1, 2}
    )
    assert read_preview(tmp_path, stored["number"]).value == {"a": [1]}
    assert read_preview(tmp_path, stored["text"]).value == "é" * 10_000 + "…"
    assert read_preview(tmp_path, stored["big"]).value[-1] == 8999
    assert read_preview(tmp_path, stored["blob"]).value == "bytes, 3 bytes"
    assert read_preview(tmp_path, stored["thing"]).value.startswith("set, ")
    with pytest.raises(BadInputError, match="number is a json: it has no rows"):
        read_rows(tmp_path, stored["number"])


def test_a_lost_product_says_so(store, tmp_path):
    product = store(x=MIXED)["x"]
    assert is_there(tmp_path, product)
    path = product_file(tmp_path, product)
    data = path.read_bytes()
    path.write_bytes(b"\0" * len(data))
    with pytest.raises(NotFoundError, match="was altered") as caught:
        read_rows(tmp_path, product)
    assert caught.value.reason == "product-lost"
    path.write_bytes(data[:-1])
    assert not is_there(tmp_path, product)
    path.unlink()
    with pytest.raises(NotFoundError, match="is gone"):
        read_preview(tmp_path, product)


def test_a_manifest_lists_all_products_of_an_attempt(store, tmp_path):
    product = store(x=MIXED, small=1)["x"]
    folder = product.uri.rsplit("/", 1)[0]
    listed = json.loads((tmp_path / folder / "manifest.json").read_text())["products"]
    assert [one["name"] for one in listed] == ["x", "small"]
    assert StoredProduct.model_validate(listed[0]) == product


def test_a_page_of_a_large_frame_is_read_at_once(store, tmp_path):
    rows = 2_000_000
    frame = pd.DataFrame({f"c{i}": np.arange(rows, dtype="float64") for i in range(20)})
    product = store(x=frame)["x"]
    assert product.bytes > 320_000_000
    read_rows(tmp_path, product, 0, 1)
    started = time.perf_counter()
    page = read_rows(tmp_path, product, rows - 100, 100)
    assert time.perf_counter() - started < 0.1
    assert page.rows[-1] == [float(rows - 1)] * 20


EXPORTED = MIXED[["n", "f", "t", "s", "l"]]


def test_exports_of_frames(store, tmp_path):
    frame = EXPORTED.assign(k=pd.array([1, None, 3], dtype="Int64")).set_index("k")
    product = store(x=frame)["x"]

    def written(name):
        export_product(tmp_path, product, tmp_path / name)
        return tmp_path / name

    lines = written("x.csv").read_text().splitlines()
    assert lines[0] == "k,n,f,t,s,l"
    assert lines[1].startswith(f"1,{2**60},1.5,2020-01-01 01:02:03.5")
    assert lines[2].startswith(",1,,,,")
    table = pa.parquet.read_table(written("x.parquet"))
    assert table.column_names == ["k", "n", "f", "t", "s", "l"]
    with pa.ipc.open_file(written("x.arrow")) as reader:
        assert reader.read_all().equals(table)
    records = json.loads(written("x.json").read_text())
    assert records[0] == {
        "k": 1,
        "n": str(2**60),
        "f": 1.5,
        "t": "2020-01-01T01:02:03.500000",
        "s": "a",
        "l": [1, 2],
    }
    assert "<table" in written("x.html").read_text()
    with pytest.raises(BadInputError, match=r"cannot be written as \.pkl"):
        written("x.pkl")
    with pytest.raises(UnprocessableError, match=r"cannot be written as \.npy"):
        written("x.npy")
    assert not (tmp_path / "x.npy").exists()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".mage-")]


def test_exports_of_other_values(store, tmp_path):
    array = np.arange(4.0).reshape(2, 2)
    stored = store(array=array, data={"a": "ü"}, text="hi <b>", thing={1}, blob=b"\0")

    def written(name, ending):
        path = tmp_path / f"{name}.{ending}"
        export_product(tmp_path, stored[name], path)
        return path.read_bytes()

    np.testing.assert_array_equal(np.load(io.BytesIO(written("array", "npy"))), array)
    assert written("array", "csv") == b"0,1\n0.0,1.0\n2.0,3.0\n"
    assert json.loads(written("data", "json")) == {"a": "ü"}
    assert written("text", "txt") == b"hi <b>"
    assert b"hi &lt;b&gt;" in written("text", "html")
    assert written("blob", "bin") == b"\0"
    assert written("thing", "pkl")
    with pytest.raises(BadInputError, match=r"thing is a object: it cannot be written as \.csv"):
        written("thing", "csv")
    with pytest.raises(BadInputError, match="no ending that a product can be written to"):
        written("data", "xlsx")


def test_figures(tmp_path):
    from matplotlib.figure import Figure

    figure = Figure()
    figure.subplots().plot([1, 2])
    folder = OutputFolder(str(tmp_path), "run/block/-/1")
    encoder = Encoder(folder)
    product = StoredProduct.model_validate(encoder.encode({"fig": figure})[0])
    shown = StoredProduct.model_validate(encoder.bundle("_display", bundle_of(3)))
    assert read_preview(tmp_path, shown).mime == {"text/plain": "3"}
    assert set(read_bundle(tmp_path, product)) == {"image/png", "text/plain"}
    export_product(tmp_path, product, tmp_path / "f.png")
    assert (tmp_path / "f.png").read_bytes().startswith(b"\x89PNG")
    export_product(tmp_path, product, tmp_path / "f.html")
    assert "data:image/png;base64," in (tmp_path / "f.html").read_text()


def test_values_for_people():
    assert json_value(float("nan")) is None
    assert json_value(pd.NaT) is None
    assert json_value(float("-inf")) == "-inf"
    assert json_value(2**53 + 1) == str(2**53 + 1)
    assert json_value(True) is True
    assert json_value({1: (dt.date(2020, 1, 1),)}) == {"1": ["2020-01-01"]}
    assert json_value("x" * 20_000).endswith("…")
