"""Filters of rows on Arrow columns, with values checked against the column's type."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from mage_jlab.domain.errors import BadInputError
from mage_jlab.domain.product_profile import FilterOp, RowFilter

if TYPE_CHECKING:
    import pyarrow as pa

_KERNELS = {
    FilterOp.EQ: "equal",
    FilterOp.NE: "not_equal",
    FilterOp.LT: "less",
    FilterOp.LE: "less_equal",
    FilterOp.GT: "greater",
    FilterOp.GE: "greater_equal",
}

_BEYOND = {
    False: (FilterOp.NE, FilterOp.GT, FilterOp.GE),
    True: (FilterOp.NE, FilterOp.LT, FilterOp.LE),
}
"""What holds for every number when the value lies below (False) or above (True) all of them."""


def matching(column: pa.ChunkedArray, asked: RowFilter) -> pa.ChunkedArray:
    """Say of each row whether it satisfies a filter; a missing value satisfies ``null`` alone.

    Args:
        column: the values, of a plain type: no dictionary, no extension.
        asked: the filter.

    Returns:
        Truth values; null counts as false.

    Raises:
        BadInputError: when the comparison or the value does not fit the column's type.
    """
    import pyarrow.compute as pc

    compute: Any = pc
    missing = compute.is_null(column, nan_is_null=True)
    if asked.op is FilterOp.NULL:
        return missing
    if asked.op is FilterOp.NOT_NULL:
        return compute.invert(missing)
    if asked.op is FilterOp.CONTAINS:
        return _containing(column, asked)
    if _is_integer(column.type):
        found = _integers(column, asked)
    else:
        value = _scalar(column.type, asked)
        found = compute.call_function(_KERNELS[asked.op], [column, value])
    # a comparison of "not a number" answers, where a missing value must not
    return compute.and_(found, compute.invert(missing))


def _containing(column: pa.ChunkedArray, asked: RowFilter) -> pa.ChunkedArray:
    import pyarrow as pa
    import pyarrow.compute as pc

    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        raise BadInputError(
            f"contains looks into texts; {asked.column} holds {column.type}.", "wrong-filter"
        )
    if not isinstance(asked.value, str):
        raise _unfit(asked, "a text")
    compute: Any = pc
    return compute.match_substring(column, asked.value)


def _integers(column: pa.ChunkedArray, asked: RowFilter) -> Any:
    """Compare integers exactly, also with fractions and with numbers that the type cannot hold."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    compute: Any = pc
    number = _number(asked)
    op, whole = asked.op, number
    if number != number // 1:
        if op in (FilterOp.EQ, FilterOp.NE):
            return _always(column, op is FilterOp.NE)
        # between two integers: "above 1.5" is "above 1", "below 1.5" is "below 2"
        whole = math.floor(number) if op in (FilterOp.GT, FilterOp.LE) else math.ceil(number)
    kind = np.iinfo(column.type.to_pandas_dtype())
    if whole < kind.min or whole > kind.max:
        return _always(column, op in _BEYOND[whole > kind.max])
    return compute.call_function(_KERNELS[op], [column, pa.scalar(int(whole), column.type)])


def _always(column: pa.ChunkedArray, answer: bool) -> Any:
    import pyarrow as pa

    return pa.chunked_array([pa.repeat(pa.scalar(answer), len(column))])


def _number(asked: RowFilter) -> Any:
    value = asked.value
    if isinstance(value, str):
        try:
            value = Decimal(value)
        except InvalidOperation:
            raise _unfit(asked, "a number") from None
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise _unfit(asked, "a number")
    if not math.isfinite(value):
        raise _unfit(asked, "a finite number")
    return value


def _scalar(kind: pa.DataType, asked: RowFilter) -> pa.Scalar[Any]:
    import pyarrow as pa

    types = pa.types
    if types.is_floating(kind):
        return pa.scalar(float(_number(asked)), kind if types.is_float64(kind) else pa.float64())
    if types.is_decimal(kind):
        return pa.scalar(Decimal(str(_number(asked))))
    if types.is_boolean(kind):
        if not isinstance(asked.value, bool):
            raise _unfit(asked, "true or false")
        return pa.scalar(asked.value)
    if types.is_string(kind) or types.is_large_string(kind):
        if not isinstance(asked.value, str):
            raise _unfit(asked, "a text")
        return pa.scalar(asked.value, kind)
    if types.is_duration(kind):
        # numpy's word for a second is the same as Arrow's: the value is given in seconds
        factor = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[kind.unit]
        return pa.scalar(round(_number(asked) * factor), pa.int64()).cast(kind)
    if types.is_temporal(kind):
        return _moment(kind, asked)
    raise BadInputError(
        f"{asked.column} holds {kind}: only null and not_null filter it.", "wrong-filter"
    )


def _moment(kind: pa.DataType, asked: RowFilter) -> pa.Scalar[Any]:
    import pyarrow as pa

    types = pa.types
    if not isinstance(asked.value, str):
        raise _unfit(asked, "a text such as 2026-01-31")
    try:
        if types.is_time(kind):
            return pa.scalar(dt.time.fromisoformat(asked.value), pa.time64("us")).cast(kind)
        moment = dt.datetime.fromisoformat(asked.value)
        if types.is_date(kind):
            return pa.scalar(moment.date(), pa.date32()).cast(kind)
        if kind.tz is not None and moment.tzinfo is None:
            from zoneinfo import ZoneInfo

            moment = moment.replace(tzinfo=ZoneInfo(kind.tz) if "/" in kind.tz else dt.UTC)
        if kind.tz is None and moment.tzinfo is not None:
            moment = moment.astimezone(dt.UTC).replace(tzinfo=None)
        return pa.scalar(moment, pa.timestamp("us", kind.tz)).cast(kind, safe=False)
    except (ValueError, KeyError, OverflowError, pa.ArrowException):
        raise _unfit(asked, "an ISO 8601 date or time such as 2026-01-31 or 12:30") from None


def _is_integer(kind: pa.DataType) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_integer(kind))


def _unfit(asked: RowFilter, wanted: str) -> BadInputError:
    shown = repr(asked.value)[:60]
    return BadInputError(
        f"The filter of {asked.column} needs {wanted}, not {shown}.", "wrong-filter"
    )
