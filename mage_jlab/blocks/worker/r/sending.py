"""Python's values as R's: frames, vectors, scalars, lists and dicts."""

from __future__ import annotations

import datetime as dt
import struct
from decimal import Decimal
from typing import Any

from .columns import NA_DOUBLE, Say, column, zone
from .failures import cannot_go
from .serial import (
    COMPLEX,
    DOUBLE,
    INTEGER,
    LOGICAL,
    NA_INTEGER,
    RAW,
    Vector,
    listed,
    named,
    numbers,
    texts,
)

_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001  # naive times are counted from here, too
_NUMBERS = (int, float, Decimal)
_MISSING = ("NaTType", "NAType")


def to_r(value: Any, what: str, say: Say) -> Vector | None:
    """Give a value for R; None is NULL.

    A list of values of one type is a vector, another one a list; a dict is a list with names.

    Args:
        value: the value.
        what: its name, for messages.
        say: takes a sentence about what is not kept as it was.

    Raises:
        StatedError: when R has nothing like it.
    """
    try:
        return _value(value, what, say)
    except RecursionError:
        raise cannot_go(what, "it is nested too deeply, or holds itself.") from None
    except UnicodeEncodeError as error:
        raise cannot_go(what, f"a text in it is not valid Unicode ({error.reason}).") from None


def _value(value: Any, what: str, say: Say) -> Vector | None:
    kind = type(value)
    if value is None:
        return None
    if isinstance(value, bytes):
        return Vector(RAW, len(value), [value])
    if isinstance(value, (list, tuple)) and hasattr(value, "_asdict"):
        value = value._asdict()
    if isinstance(value, (list, tuple)):
        vector = _vector(list(value), what, say)
        if vector is not None:
            return vector
        return listed([_value(v, f"{what}[[{i}]]", say) for i, v in enumerate(value, 1)])
    if isinstance(value, dict):
        named_by = {str(key): _value(item, f"{what}${key}", say) for key, item in value.items()}
        if len(named_by) < len(value):
            raise cannot_go(what, "two of its keys are the same as texts.")
        return named(named_by)
    module = kind.__module__.split(".")[0]
    if hasattr(value, "columns") and module in ("pandas", "polars", "pyarrow", "geopandas"):
        return _frame(value, what, say)
    if module == "numpy":
        return _array(value, what, say)
    if module in ("pandas", "polars", "pyarrow") and hasattr(value, "__len__"):
        return column(value, what, say)
    if isinstance(value, complex):
        return Vector(COMPLEX, 1, [struct.pack("<2d", value.real, value.imag)])
    vector = _vector([value], what, say)
    if vector is None:
        raise cannot_go(what, f"it is a {kind.__name__}. Frames, arrays and JSON's values can be.")
    return vector


def _vector(values: list[Any], what: str, say: Say) -> Vector | None:
    """Give scalars of one type as a vector; None when they are not."""
    if not values:
        return None
    present = [None if v is None or type(v).__name__ in _MISSING else v for v in values]
    known = [v for v in present if v is not None]
    if all(isinstance(v, bool) for v in known):
        return numbers(LOGICAL, [NA_INTEGER if v is None else int(v) for v in present])
    if any(isinstance(v, bool) for v in known):
        return None
    if all(isinstance(v, str) for v in known):
        if any("\0" in v for v in known):
            raise cannot_go(what, "a text in it holds a NUL character, which R's texts cannot.")
        return texts(present)
    if all(isinstance(v, int) for v in known):
        if all(abs(v) < 2**31 for v in known):
            return numbers(INTEGER, [NA_INTEGER if v is None else v for v in present])
        if any(abs(v) > 2**53 for v in known):
            largest = max(known, key=abs)
            raise cannot_go(
                what, f"it holds {largest}, and R's numbers are exact up to 2^53. Make it text."
            )
    if all(isinstance(v, _NUMBERS) for v in known):
        return _doubles(present)
    if all(isinstance(v, dt.datetime) for v in known):
        return _moments(present, known, what, say)
    if all(isinstance(v, dt.date) and not isinstance(v, dt.datetime) for v in known):
        days = [None if v is None else (v - _EPOCH.date()).days for v in present]
        return _doubles(days, ("class", texts(["Date"])))
    if all(isinstance(v, dt.timedelta) for v in known):
        spans = [None if v is None else v.total_seconds() for v in present]
        return _doubles(spans, ("class", texts(["difftime"])), ("units", texts(["secs"])))
    return None


def _doubles(values: list[Any], *attributes: tuple[str, Vector]) -> Vector:
    vector = numbers(DOUBLE, [0.0 if v is None else float(v) for v in values], *attributes)
    data = bytearray(vector.pieces[0])
    for place, value in enumerate(values):
        if value is None:
            data[8 * place : 8 * place + 8] = NA_DOUBLE.to_bytes(8, "little")
    return vector._replace(pieces=[bytes(data)])


def _moments(values: list[Any], known: list[Any], what: str, say: Say) -> Vector | None:
    zones = {None if v.tzinfo is None else _zone(v, what, say) for v in known}
    if len(zones) > 1:
        return None
    (name,) = zones
    seconds = [
        None if v is None else (v.replace(tzinfo=None) - (v.utcoffset() or dt.timedelta()) - _EPOCH)
        for v in values
    ]
    attributes = [("class", texts(["POSIXct", "POSIXt"]))]
    if name is not None:
        attributes.append(("tzone", texts([name])))
    return _doubles([None if s is None else s.total_seconds() for s in seconds], *attributes)


def _zone(moment: dt.datetime, what: str, say: Say) -> str:
    zone_info = moment.tzinfo
    name = getattr(zone_info, "key", None) or getattr(zone_info, "zone", None)
    if name:
        return str(name)
    return zone(moment.strftime("%z")[:3] + ":" + moment.strftime("%z")[3:5], what, say)


def _array(value: Any, what: str, say: Say) -> Vector | None:
    if not hasattr(value, "shape") or value.ndim == 0:
        return _value(value.item(), what, say)
    if value.ndim == 1:
        return column(value, what, say)
    flat = column(value.ravel(order="F"), what, say)
    return flat._replace(attributes=(("dim", numbers(INTEGER, value.shape)), *flat.attributes))


def _frame(value: Any, what: str, say: Say) -> Vector:
    """Give a data frame; an index of unique texts becomes its row names."""
    if hasattr(value, "column_names"):
        labels, parts, rows = value.column_names, value.columns, _row_names(len(value))
    elif hasattr(value, "get_columns"):
        labels, parts, rows = value.columns, value.get_columns(), _row_names(value.height)
    else:
        labels = list(value.columns)
        parts = [value.iloc[:, place] for place in range(len(labels))]
        rows = _index(value.index, what, say)
    names = [".".join(map(str, n)) if isinstance(n, tuple) else str(n) for n in labels]
    columns = [column(part, f"{what}${name}", say) for name, part in zip(names, parts)]
    return listed(
        columns,
        ("names", texts(names)),
        ("row.names", rows),
        ("class", texts(["data.frame"])),
    )


def _row_names(count: int) -> Vector:
    return numbers(INTEGER, [NA_INTEGER, -count])


def _index(index: Any, what: str, say: Say) -> Vector:
    import pandas as pd

    if isinstance(index, pd.RangeIndex):
        return _row_names(len(index))
    if index.nlevels == 1 and index.inferred_type == "string" and index.is_unique and len(index):
        return column(pd.Series(index), f"the index of {what}", say)
    if index.nlevels > 1 or index.name is not None or index.inferred_type != "integer":
        say(f"{what}: its index does not go to R; reset_index() makes columns of it.")
    return _row_names(len(index))
