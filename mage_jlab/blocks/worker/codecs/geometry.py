"""Geometries of geopandas as Arrow columns of well-known binary, with their reference system.

The fields are marked as GeoArrow's ``geoarrow.wkb``, so that other readers know them too.
"""

from __future__ import annotations

import json
from typing import Any

RING = 2
"""The type of a linear ring in GEOS; well-known binary has none for it, and says line."""


def geometries(array: Any) -> tuple[Any, dict[str, Any]] | None:
    """Give geometries as Arrow's, and their description; None when others would come back.

    Args:
        array: a geometry array of geopandas.
    """
    import numpy as np
    import pyarrow as pa
    import shapely

    shapes = np.asarray(array, dtype=object)
    marked = bool((shapely.get_srid(shapes) > 0).any())
    flavor = "extended" if marked else "iso"
    kept = pa.array(shapely.to_wkb(shapes, include_srid=marked, flavor=flavor), pa.large_binary())
    kinds = shapely.get_type_id(shapes)
    spec = {
        "how": "geometry",
        "crs": None if array.crs is None else array.crs.srs,
        "rings": np.flatnonzero(kinds == RING).tolist(),
    }
    back = rebuilt_geometries(pa.chunked_array([kept]), spec)
    again = np.asarray(back, dtype=object)
    # a point of NaN would come back as an empty one, a ring inside a collection as a line
    facts = (shapely.is_empty, shapely.has_z, shapely.get_srid)
    exact = back.crs == array.crs and all((fact(again) == fact(shapes)).all() for fact in facts)
    return (kept, spec) if exact else None


def rebuilt_geometries(column: Any, spec: dict[str, Any]) -> Any:
    """Rebuild what ``geometries`` gave."""
    import numpy as np
    from geopandas.array import from_wkb

    if hasattr(column.type, "storage_type"):
        # a package that knows GeoArrow's types is loaded
        column = column.cast(column.type.storage_type)
    values = column.to_pylist()
    array = from_wkb(np.fromiter(values, dtype=object, count=len(values)), crs=spec["crs"])
    if spec["rings"]:
        import shapely

        shapes, rings = np.asarray(array, dtype=object), spec["rings"]
        shapes[rings] = [shapely.LinearRing(shape) for shape in shapes[rings]]
    return array


def field_metadata(spec: dict[str, Any]) -> dict[bytes, bytes] | None:
    """Give the metadata of a column's field: what marks geometries, None for another column."""
    if spec["how"] != "geometry":
        return None
    crs = {} if spec["crs"] is None else {"crs": spec["crs"]}
    return {
        b"mage_jlab.type": b"geometry",
        b"ARROW:extension:name": b"geoarrow.wkb",
        b"ARROW:extension:metadata": json.dumps(crs).encode(),
    }


def active(value: Any) -> dict[str, Any]:
    """Describe a frame or series of geopandas: the place of the active geometry, if any."""
    name = getattr(value, "active_geometry_name", None)
    labels = list(getattr(value, "columns", ()))
    return {"active": None if name is None or name not in labels else labels.index(name)}


def geographic(value: Any, spec: dict[str, Any]) -> Any:
    """Make a pandas frame or series geopandas's again, without a copy of its columns.

    Args:
        value: the frame or series.
        spec: what ``active`` gave.
    """
    import geopandas

    if not hasattr(value, "columns"):
        made: Any = geopandas.GeoSeries(value)
    else:
        made = geopandas.GeoDataFrame(value)
        if spec["active"] is not None:
            made = made.set_geometry(made.columns[spec["active"]])
    made.attrs = value.attrs
    made.flags.allows_duplicate_labels = value.flags.allows_duplicate_labels
    return made
