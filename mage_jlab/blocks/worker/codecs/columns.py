"""One column of a pandas frame as an Arrow array and a description that leads back exactly.

Each way of keeping a column is checked against what it gives back; what no way keeps is pickled
whole, beside a text of each value for people.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from .exact import same

Spec = dict
"""How a column is rebuilt: ``how`` and what that way needs, as JSON."""

ZERO_COPY_KINDS = "iufMm"


def to_arrow(values: Any) -> tuple[Any, dict[str, Any]] | None:
    """Give an Arrow array and its description, or None when Arrow cannot keep the values.

    Args:
        values: a pandas array, index or series, or a numpy array of one dimension.
    """
    import numpy as np
    import pandas as pd

    dtype = values.dtype
    try:
        if isinstance(dtype, np.dtype):
            if dtype.kind == "O":
                return _objects(list(values))
            return _plain(np.asarray(values))
        array = values.array if hasattr(values, "array") else values
        if isinstance(dtype, pd.CategoricalDtype):
            return _categorical(array)
        if isinstance(dtype, pd.DatetimeTZDtype):
            return _zoned(array)
        return _extension(array)
    except Exception:
        # whatever a type of somebody else's raises, the column can still be pickled
        return None


def from_arrow(column: Any, spec: dict[str, Any]) -> Any:
    """Rebuild the values of a column.

    Args:
        column: the chunked Arrow array.
        spec: its description.

    Returns:
        a numpy or pandas array; memory is shared with the Arrow buffers where that is exact.
    """
    return _FROM[spec["how"]](column, spec)


def _plain(values: Any) -> tuple[Any, dict[str, Any]] | None:
    import numpy as np
    import pyarrow as pa

    dtype = values.dtype
    if dtype.kind == "b":
        return pa.array(values), {"how": "bool"}
    if dtype.kind not in ZERO_COPY_KINDS or not dtype.isnative or dtype.itemsize > 8:
        return None
    values = np.ascontiguousarray(values)
    # nulls for other readers; the numbers below them (NaN, NaT) stay and are what we read back
    array = pa.array(values, from_pandas=True)
    back = _numbers(pa.chunked_array([array]), {"dtype": dtype.str})
    width = f"u{dtype.itemsize}"
    if not np.array_equal(back.view(width), values.view(width)):
        return None
    return array, {"how": "numbers", "dtype": dtype.str}


def _numbers(column: Any, spec: dict[str, Any]) -> Any:
    import numpy as np

    dtype = np.dtype(spec["dtype"])
    parts = [
        np.frombuffer(chunk.buffers()[1], dtype, len(chunk), chunk.offset * dtype.itemsize)
        for chunk in column.chunks
        if len(chunk)
    ]
    if not parts:
        return np.empty(0, dtype)
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _bools(column: Any, _: dict[str, Any]) -> Any:
    import numpy as np

    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=bool)


def _objects(values: list[Any]) -> tuple[Any, dict[str, Any]] | None:
    import pyarrow as pa

    array = pa.array(values, from_pandas=False)
    if not all(map(same, array.to_pylist(), values)):
        return None
    return array, {"how": "objects"}


def _rebuilt_objects(column: Any, _: dict[str, Any]) -> Any:
    import numpy as np

    return np.fromiter(column.to_pylist(), dtype=object, count=len(column))


def _categorical(array: Any) -> tuple[Any, dict[str, Any]] | None:
    import numpy as np
    import pyarrow as pa

    categories = array.categories
    if not len(array):
        # a file without rows holds no dictionaries
        return None
    kept = to_arrow(categories)
    if kept is None or categories.name is not None or getattr(categories, "freq", None):
        return None
    codes = np.ascontiguousarray(array.codes)
    indices = pa.array(codes, mask=codes == -1)
    dictionary = pa.DictionaryArray.from_arrays(indices, kept[0], ordered=bool(array.ordered))
    spec = {
        "how": "categorical",
        "codes": codes.dtype.str,
        "ordered": bool(array.ordered),
        "categories": kept[1],
        "of": str(categories.dtype),
    }
    back = _rebuilt_categorical(pa.chunked_array([dictionary]), spec)
    return (dictionary, spec) if back.equals(array) and back.dtype == array.dtype else None


def _rebuilt_categorical(column: Any, spec: dict[str, Any]) -> Any:
    import numpy as np
    import pandas as pd
    import pyarrow as pa

    column = column.unify_dictionaries()
    dictionary = column.chunk(0).dictionary if column.num_chunks else column.type.value_type
    if not column.num_chunks:
        dictionary = pa.array([], dictionary)
    values = from_arrow(pa.chunked_array([dictionary]), spec["categories"])
    dtype = pd.CategoricalDtype(pd.Index(values, dtype=values.dtype), spec["ordered"])
    parts = [
        np.asarray(chunk.indices.fill_null(-1)).astype(spec["codes"], copy=False)
        for chunk in column.chunks
    ]
    codes = np.concatenate(parts) if parts else np.empty(0, spec["codes"])
    return pd.Categorical.from_codes(codes, dtype=dtype)


def _zoned(array: Any) -> tuple[Any, dict[str, Any]] | None:
    import pandas as pd
    import pyarrow as pa

    unit, zone = array.dtype.unit, array.dtype.tz
    spec = zone_spec(zone)
    naive = pd.DatetimeIndex(array).tz_convert("UTC").tz_localize(None).to_numpy()
    kept = _plain(naive)
    if kept is None or spec is None:
        return None
    typed = kept[0].view(pa.timestamp(unit, tz=pa.lib.tzinfo_to_string(zone)))
    return typed, {"how": "zoned", "dtype": kept[1]["dtype"], "zone": spec}


def _rebuilt_zoned(column: Any, spec: dict[str, Any]) -> Any:
    import pandas as pd

    index = pd.DatetimeIndex(_numbers(column, spec))
    return index.tz_localize("UTC").tz_convert(zone_of(spec["zone"])).array


def zone_spec(zone: Any) -> list[Any] | None:
    """Name a time zone so that the same kind of object comes back; None when it has no name."""
    spec: list[Any] | None = None
    if type(zone) is dt.timezone:
        spec = ["offset", zone.utcoffset(None).total_seconds()]
    elif type(zone).__module__.startswith("pytz"):
        spec = ["pytz", zone.zone] if zone.zone else None
    elif getattr(zone, "key", None):
        spec = ["zoneinfo", zone.key]
    if spec is None:
        return None
    again = zone_of(spec)
    return spec if type(again) is type(zone) and str(again) == str(zone) else None


def zone_of(spec: list[Any]) -> Any:
    """Give the time zone that ``zone_spec`` named."""
    kind, name = spec
    if kind == "offset":
        return dt.timezone(dt.timedelta(seconds=name))
    if kind == "pytz":
        import pytz

        return pytz.timezone(name)
    import zoneinfo

    return zoneinfo.ZoneInfo(name)


def _extension(array: Any) -> tuple[Any, dict[str, Any]] | None:
    import pandas as pd
    import pyarrow as pa

    dtype = array.dtype
    spec: dict[str, Any]
    if isinstance(dtype, pd.StringDtype):
        missing = getattr(dtype, "na_value", pd.NA)
        spec = {
            "how": "extension",
            "storage": dtype.storage,
            "missing": "NA" if missing is pd.NA else "nan",
        }
    elif isinstance(dtype, getattr(pd, "ArrowDtype", ())):
        spec = {"how": "extension", "arrow": True}
    else:
        spec = {"how": "extension", "dtype": str(dtype)}
    kept = pa.array(array)
    chunked = kept if isinstance(kept, pa.ChunkedArray) else pa.chunked_array([kept])
    back = _rebuilt_extension(chunked, spec)
    exact = back.dtype == dtype and type(back) is type(array) and back.equals(array)
    return (kept, spec) if exact else None


def _rebuilt_extension(column: Any, spec: dict[str, Any]) -> Any:
    import numpy as np
    import pandas as pd

    dtype: Any
    if "storage" in spec:
        if spec["missing"] == "NA":
            dtype = pd.StringDtype(spec["storage"])
        else:
            dtype = pd.StringDtype(spec["storage"], na_value=np.nan)
    elif "arrow" in spec:
        dtype = pd.ArrowDtype(column.type)
    else:
        dtype = pd.api.types.pandas_dtype(spec["dtype"])
    return dtype.__from_arrow__(column)


_FROM = {
    "numbers": _numbers,
    "bool": _bools,
    "objects": _rebuilt_objects,
    "categorical": _rebuilt_categorical,
    "zoned": _rebuilt_zoned,
    "extension": _rebuilt_extension,
}
