"""Columns of pandas' own types as Arrow arrays: times in a zone, extension types."""

from __future__ import annotations

import datetime as dt
from typing import Any

from .plain_columns import numbers, plain


def zoned(array: Any) -> tuple[Any, dict[str, Any]] | None:
    """Give times in a zone as Arrow's, and their description; None when the zone has no name."""
    import pandas as pd
    import pyarrow as pa

    unit, zone = array.dtype.unit, array.dtype.tz
    spec = _zone_spec(zone)
    naive = pd.DatetimeIndex(array).tz_convert("UTC").tz_localize(None).to_numpy()
    kept = plain(naive)
    if kept is None or spec is None:
        return None
    typed = kept[0].view(pa.timestamp(unit, tz=pa.lib.tzinfo_to_string(zone)))
    return typed, {"how": "zoned", "dtype": kept[1]["dtype"], "zone": spec}


def rebuilt_zoned(column: Any, spec: dict[str, Any]) -> Any:
    """Rebuild what ``zoned`` gave."""
    import pandas as pd

    index = pd.DatetimeIndex(numbers(column, spec))
    return index.tz_localize("UTC").tz_convert(_zone_of(spec["zone"])).array


def _zone_spec(zone: Any) -> list[Any] | None:
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
    again = _zone_of(spec)
    return spec if type(again) is type(zone) and str(again) == str(zone) else None


def _zone_of(spec: list[Any]) -> Any:
    """Give the time zone that ``_zone_spec`` named."""
    kind, name = spec
    if kind == "offset":
        return dt.timezone(dt.timedelta(seconds=name))
    if kind == "pytz":
        import pytz

        return pytz.timezone(name)
    import zoneinfo

    return zoneinfo.ZoneInfo(name)


def extension(array: Any) -> tuple[Any, dict[str, Any]] | None:
    """Give an extension array as its type does; None when not the same comes back."""
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
    back = rebuilt_extension(chunked, spec)
    exact = back.dtype == dtype and type(back) is type(array) and back.equals(array)
    return (kept, spec) if exact else None


def rebuilt_extension(column: Any, spec: dict[str, Any]) -> Any:
    """Rebuild what ``extension`` gave."""
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
