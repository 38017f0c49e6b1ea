"""What R gave, as Python's values: frames of pandas, lists, dicts and scalars."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from .columns import NA_DOUBLE, Say
from .serial import NA_INTEGER

_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001  # R counts naive times from here, too
_NA = NA_DOUBLE.to_bytes(8, "little")


def from_r(packed: dict[str, Any], what: str, say: Say) -> Any:
    """Give the value of a packed one.

    A vector of one element is a scalar, another one a list, or a dict where it has names.

    Args:
        packed: a kind and what it needs, as ``packing.r`` makes it.
        what: the result's name, for messages.
        say: takes a sentence about what is not kept as it was.
    """
    kind = packed["kind"][0]
    if kind == "null":
        return None
    if kind == "frame":
        return _frame(packed, what, say)
    if kind == "list":
        items = [from_r(item, what, say) for item in packed["items"]]
        return _labelled(items, packed["labels"])
    if kind == "raw":
        return bytes(packed["data"])
    if packed.get("dim") is not None:
        return _matrix(packed)
    values = _values(packed)
    if packed.get("names") is not None:
        return _labelled(values, packed["names"])
    return values[0] if len(values) == 1 else values


def is_vector(packed: dict[str, Any]) -> bool:
    """Say whether a value is a vector: one value, though it comes as a list."""
    return packed["kind"][0] not in ("null", "frame", "list")


def _labelled(items: list[Any], labels: list[str | None] | None) -> Any:
    """Give a dict when each item has a name of its own, else a list."""
    if labels is None or not all(labels) or len(set(labels)) < len(labels):
        return items
    return dict(zip(labels, items))


def _values(packed: dict[str, Any]) -> list[Any]:
    kind, data = packed["kind"][0], packed["data"]
    if kind == "text":
        return _texts(data)
    if kind in ("logical", "integer"):
        made = bool if kind == "logical" else int
        return [None if value == NA_INTEGER else made(value) for value in data]
    if kind == "factor":
        return [None if code == NA_INTEGER else packed["levels"][code - 1] for code in data]
    if kind == "integer64":
        return [None if v == -(2**63) else v for v in data.cast("B").cast("q")]
    if kind == "complex":
        return [complex(data[place], data[place + 1]) for place in range(0, len(data), 2)]
    raw = data.cast("B")
    missing = [raw[8 * place : 8 * place + 4] == _NA[:4] for place in range(len(data))]
    numbers = [None if m and math.isnan(v) else v for v, m in zip(data, missing)]
    if kind == "double":
        return numbers
    finite = [None if v is None or not math.isfinite(v) else v for v in numbers]
    if kind == "date":
        day = _EPOCH.date()
        return [None if v is None else day + dt.timedelta(days=v) for v in finite]
    spans = [None if v is None else dt.timedelta(microseconds=round(v * 1e6)) for v in finite]
    if kind == "span":
        return spans
    zone = _known_zone(packed["zone"][0])
    return [None if v is None else _moment(v, zone) for v in spans]


def _known_zone(zone: str) -> str:
    """Give a zone's name, UTC where Python does not know it, as R itself takes it."""
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(zone).key if zone else ""
    except (KeyError, ValueError, OSError):
        return "UTC"


def _moment(since: dt.timedelta, zone: str) -> dt.datetime:
    naive = _EPOCH + since
    if not zone:
        return naive
    from zoneinfo import ZoneInfo

    aware = naive.replace(tzinfo=dt.timezone.utc)
    return aware if zone in ("UTC", "GMT") else aware.astimezone(ZoneInfo(zone))


def _texts(data: dict[str, Any]) -> list[Any]:
    found = [text for piece in data["pieces"] for text in bytes(piece).split(b"\0")[:-1]]
    missing = data["missing"] or [False] * len(found)
    return [None if m else text.decode("utf-8") for text, m in zip(found, missing)]


def _matrix(packed: dict[str, Any]) -> Any:
    column = _column(packed).to_numpy()
    return column.reshape(tuple(packed["dim"]), order="F").copy(order="C")


def _frame(packed: dict[str, Any], what: str, say: Say) -> Any:
    import pandas as pd

    if packed["named"][0]:
        say(f"{what}: its row names are left out; make a column of them to keep them.")
    index = pd.RangeIndex(int(packed["rows"][0]))
    columns = [_column(column) for column in packed["columns"]]
    if not columns:
        return pd.DataFrame(index=index)
    frame = pd.DataFrame(dict(enumerate(columns)), copy=False)
    frame.columns = pd.Index(packed["labels"])
    return frame


def _column(packed: dict[str, Any]) -> Any:
    """Give a series with the type that fits: nullable where a whole number or truth is missing."""
    import numpy as np
    import pandas as pd

    kind = packed["kind"][0]
    if kind == "null":
        return pd.Series([], dtype=object)
    data = packed["data"]
    if kind == "text":
        return _text_column(data)
    if kind == "integer64":
        whole = np.frombuffer(data, np.int64)
        return _nullable(whole, whole == -(2**63), pd.Int64Dtype())
    if kind in ("logical", "integer", "factor"):
        codes = np.frombuffer(data, np.int32)
        missing = codes == NA_INTEGER
        if kind == "integer":
            return _nullable(codes.astype(np.int64), missing, pd.Int64Dtype())
        if kind == "logical":
            return _nullable(codes == 1, missing, pd.BooleanDtype())
        places = np.where(missing, 0, codes) - 1
        levels = pd.Index(packed["levels"], dtype=None if packed["levels"] else "str")
        made = pd.Categorical.from_codes(places, levels, ordered=bool(packed["ordered"][0]))
        return pd.Series(made)
    if kind == "complex":
        return pd.Series(np.frombuffer(data, np.complex128).copy())
    doubles = np.frombuffer(data, np.float64)
    if kind == "double":
        return pd.Series(doubles.copy())
    if kind == "date":
        return pd.Series(_values(packed), dtype=object)
    known = np.isfinite(doubles)
    whole = np.rint(np.where(known, doubles, 0) * 1e6).astype(np.int64)
    whole[~known] = np.iinfo(np.int64).min
    if kind == "span":
        return pd.Series(whole.view("m8[us]"))
    moments = pd.Series(whole.view("M8[us]"))
    zone = _known_zone(packed["zone"][0])
    return moments.dt.tz_localize("UTC").dt.tz_convert(zone) if zone else moments


def _nullable(values: Any, missing: Any, dtype: Any) -> Any:
    """Give plain numbers where none is missing, else pandas's nullable type."""
    import pandas as pd

    if not missing.any():
        return pd.Series(values.copy())
    series = pd.Series(values.copy(), dtype=dtype)
    series[missing] = pd.NA
    return series


def _text_column(data: dict[str, Any]) -> Any:
    import numpy as np
    import pyarrow as pa

    pieces = [np.frombuffer(piece, np.uint8) for piece in data["pieces"]]
    joined = np.concatenate(pieces) if pieces else np.empty(0, np.uint8)
    ends = np.flatnonzero(joined == 0)
    # the NULs between the texts are taken out: each text begins by as many places earlier
    offsets = np.zeros(len(ends) + 1, np.int64)
    offsets[1:] = ends - np.arange(len(ends))
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(joined[joined != 0])]
    array = pa.Array.from_buffers(pa.large_string(), len(ends), buffers)
    if data["missing"] is not None:
        import pyarrow.compute as pc

        missing = pa.array(np.frombuffer(data["missing"], np.int32) == 1)
        array = pc.if_else(missing, pa.scalar(None, pa.large_string()), array)
    return array.to_pandas()
