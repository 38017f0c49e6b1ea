"""Columns of frames as vectors of R: a type each, NA where a value is missing."""

from __future__ import annotations

from typing import Any, Callable

from .failures import cannot_go
from .serial import (
    COMPLEX,
    DOUBLE,
    INTEGER,
    LOGICAL,
    NA_INTEGER,
    STRING,
    TEXTS,
    UTF8,
    Vector,
    texts,
)

NA_DOUBLE = 0x7FF00000000007A2
"""The bits of R's ``NA_real_``: a NaN whose payload is 1954."""

_UNITS = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}

Say = Callable[[str], None]


def column(values: Any, what: str, say: Say) -> Vector:
    """Give a column as a vector.

    Args:
        values: a series or array of pandas, numpy, polars or Arrow.
        what: its name, for messages.
        say: takes a sentence about what is not kept as it was.

    Raises:
        StatedError: when R has no such type.
    """
    if str(getattr(values, "dtype", "")).startswith("complex"):
        return _complex(values)
    array = _arrow(values, what)
    import pyarrow as pa

    kind = array.type
    types = pa.types
    if types.is_dictionary(kind):
        return _factor(array, values, what, say)
    if types.is_null(kind) or types.is_boolean(kind):
        return _whole(LOGICAL, array.cast(pa.bool_()).cast(pa.int8()))
    if types.is_integer(kind):
        return _integers(array, what)
    if types.is_decimal(kind):
        say(f"{what}: R has no decimals; they are the nearest doubles there.")
        return _doubles(array.cast(pa.float64()))
    if types.is_floating(kind):
        return _doubles(array.cast(pa.float64()))
    if types.is_string(kind) or types.is_large_string(kind) or str(kind) == "string_view":
        return _texts(array.cast(pa.large_string()), what)
    if types.is_date(kind):
        days = array.cast(pa.date32()).cast(pa.int32()).cast(pa.float64())
        return _doubles(days, ("class", texts(["Date"])))
    if types.is_timestamp(kind):
        return _moments(array, what, say)
    if types.is_duration(kind):
        seconds = _seconds(array, what, say)
        return _doubles(seconds, ("class", texts(["difftime"])), ("units", texts(["secs"])))
    raise cannot_go(what, f"R has no columns of {kind}. Make it text or numbers before.")


def _arrow(values: Any, what: str) -> Any:
    import pyarrow as pa

    try:
        if hasattr(values, "to_arrow"):
            array = values.to_arrow()
        elif isinstance(values, (pa.Array, pa.ChunkedArray)):
            array = values
        else:
            array = pa.array(values, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, UnicodeError) as error:
        raise cannot_go(
            what, f"its values are not all of one type that R knows ({error}). Make them so before."
        ) from None
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if isinstance(array, pa.ChunkedArray):
        array = pa.concat_arrays(array.chunks)
    return array


def _missing(array: Any) -> Any:
    return array.is_null().to_numpy(zero_copy_only=False)


def _whole(type_: int, array: Any) -> Vector:
    """Give whole numbers of 32 bits; each fits."""
    import numpy as np
    import pyarrow.compute as pc

    filled = pc.fill_null(array, 0) if array.null_count else array
    data = filled.to_numpy(zero_copy_only=False).astype(np.int32)
    if array.null_count:
        data[_missing(array)] = NA_INTEGER
    return Vector(type_, len(array), [data.data.cast("B")] if len(array) else [])


def _integers(array: Any, what: str) -> Vector:
    """Give whole numbers as R's integers where they fit, else as doubles where those are exact."""
    import pyarrow as pa
    import pyarrow.compute as pc

    bounds = pc.min_max(array).as_py()
    low, high = bounds["min"] or 0, bounds["max"] or 0
    if low > -(2**31) and high < 2**31:
        return _whole(INTEGER, array)
    if low < -(2**53) or high > 2**53:
        raise cannot_go(
            what,
            f"it holds {low if low < -(2**53) else high}, and R's numbers are exact up to 2^53. "
            "Make it text before.",
        )
    return _doubles(array.cast(pa.float64()))


def _doubles(array: Any, *attributes: tuple[str, Vector]) -> Vector:
    import numpy as np
    import pyarrow.compute as pc

    filled = pc.fill_null(array, 0.0) if array.null_count else array
    data = filled.to_numpy(zero_copy_only=False)
    if array.null_count:
        data = np.array(data)
        data.view(np.uint64)[_missing(array)] = NA_DOUBLE
    data = np.ascontiguousarray(data)
    return Vector(DOUBLE, len(array), [data.data.cast("B")] if len(array) else [], attributes)


def _complex(values: Any) -> Vector:
    import numpy as np

    data = np.ascontiguousarray(np.asarray(values), dtype=np.complex128)
    return Vector(COMPLEX, len(data), [data.tobytes()])


def _texts(array: Any, what: str) -> Vector:
    """Give texts: a head of eight bytes before each, joined in one go."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    count = len(array)
    if pc.any(pc.match_substring(array, "\0")).as_py():
        raise cannot_go(what, "a text in it holds a NUL character, which R's texts cannot.")
    heads = np.empty((count, 2), np.int32)
    heads[:, 0] = UTF8
    heads[:, 1] = pc.fill_null(pc.binary_length(array), -1).to_numpy(zero_copy_only=False)
    heads[heads[:, 1] < 0, 0] = STRING
    offsets = np.arange(0, 8 * (count + 1), 8, dtype=np.int64)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(heads)]
    head = pa.Array.from_buffers(pa.large_binary(), count, buffers)
    values = pc.fill_null(array.cast(pa.large_binary()), b"")
    joined = pc.binary_join_element_wise(head, values, pa.scalar(b"", pa.large_binary()))
    data = joined.buffers()[2]
    return Vector(TEXTS, count, [memoryview(data)] if data is not None and count else [])


def _factor(array: Any, values: Any, what: str, say: Say) -> Vector:
    import pyarrow as pa
    import pyarrow.compute as pc

    dtype = getattr(values, "dtype", None)
    is_ordered = bool(getattr(dtype, "ordered", False) or array.type.ordered)
    levels = array.dictionary
    if not (pa.types.is_string(levels.type) or pa.types.is_large_string(levels.type)):
        if len(levels):
            say(f"{what}: the categories are texts in R.")
        try:
            levels = levels.cast(pa.large_string())
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise cannot_go(what, f"its categories cannot be texts ({error}).") from None
    codes = _whole(INTEGER, pc.add(array.indices.cast(pa.int64()), 1))
    classes = ["ordered", "factor"] if is_ordered else ["factor"]
    attributes = (("levels", _texts(levels.cast(pa.large_string()), what)),)
    return codes._replace(attributes=(*attributes, ("class", texts(classes))))


def _seconds(array: Any, what: str, say: Say) -> Any:
    """Give times as doubles in seconds; says so when that is not exact to their own unit."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    scale = _UNITS[array.type.unit]
    whole = array.cast(pa.int64())
    seconds = pc.divide(whole.cast(pa.float64(), safe=False), float(scale))
    back = np.rint(pc.fill_null(seconds, 0.0).to_numpy(zero_copy_only=False) * scale)
    wanted = pc.fill_null(whole, 0).to_numpy(zero_copy_only=False)
    if not np.array_equal(back.astype(np.int64), wanted):
        say(f"{what}: R keeps times as doubles, so that they are rounded to about a microsecond.")
    return seconds


def _moments(array: Any, what: str, say: Say) -> Vector:
    attributes = [("class", texts(["POSIXct", "POSIXt"]))]
    if array.type.tz is not None:
        attributes.append(("tzone", texts([zone(array.type.tz, what, say)])))
    return _doubles(_seconds(array, what, say), *attributes)


def zone(name: str, what: str, say: Say) -> str:
    """Give a time zone's name as R knows it: a fixed offset of whole hours has one, others none."""
    if name[:1] not in "+-":
        return name
    hours, _, minutes = name[1:].partition(":")
    if minutes.strip("0:"):
        say(f"{what}: R has no zone {name}; its times are the same moments in UTC there.")
        return "UTC"
    # POSIX counts west of Greenwich
    sign = "-" if name[0] == "+" else "+"
    return f"Etc/GMT{sign}{int(hours)}" if int(hours) else "UTC"
