"""Geometries as text are what shapely writes, and no bytes break it."""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pytest
import shapely

from mage_jlab.blocks.worker.codecs.encode import Encoder
from mage_jlab.blocks.worker.codecs.files import OutputFolder
from mage_jlab.domain.attempt import StoredProduct
from mage_jlab.store.geometry_text import geometry_text
from mage_jlab.store.products import read_rows

TEXTS = [
    "POINT (1 -2.5)",
    "POINT EMPTY",
    "POINT Z (1 2 3)",
    "POINT M (1 2 3)",
    "POINT ZM (1 2 3 4)",
    "LINESTRING (0 0, 1 1.25)",
    "POLYGON ((0 0, 1 0, 1 1, 0 0), (0.1 0.1, 0.2 0.1, 0.2 0.2, 0.1 0.1))",
    "POLYGON EMPTY",
    "MULTIPOINT ((1 2), (3 4))",
    "MULTILINESTRING ((0 0, 1 1), (2 2, 3 3))",
    "MULTIPOLYGON Z (((0 0 1, 1 0 1, 1 1 1, 0 0 1)))",
    "GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (0 0, 1 1))",
]


@pytest.mark.parametrize("text", TEXTS)
@pytest.mark.parametrize("flavor", ["iso", "extended"])
@pytest.mark.parametrize("order", [0, 1])
def test_geometries(text: str, flavor: str, order: int) -> None:
    shape = shapely.set_srid(shapely.from_wkt(text), 4326)
    data = shapely.to_wkb(shape, flavor=flavor, byte_order=order, include_srid=flavor == "extended")
    assert geometry_text(data) == text


def test_long_and_broken_ones_are_named() -> None:
    ring = shapely.to_wkb(shapely.Point(0, 0).buffer(1, quad_segs=100))
    assert geometry_text(ring) == f"POLYGON … ({len(ring):,} bytes)"
    assert geometry_text(b"") == "geometry … (0 bytes)"
    line = shapely.to_wkb(shapely.LineString([(0, 0), (1, 1)]))
    for length in range(5, len(line)):
        assert geometry_text(line[:length]) == f"LINESTRING … ({length} bytes)"


def test_a_frame_shows_its_geometries(tmp_path: Path) -> None:
    frame = gpd.GeoDataFrame(geometry=[shapely.Point(1, 2), None], crs=4326)
    [manifest] = Encoder(OutputFolder(str(tmp_path), "run/block")).encode({"x": frame})
    page = read_rows(tmp_path, StoredProduct.model_validate(manifest))
    assert [(column.name, column.type) for column in page.columns] == [("geometry", "geometry")]
    assert page.rows == [["POINT (1 2)"], [None]]
