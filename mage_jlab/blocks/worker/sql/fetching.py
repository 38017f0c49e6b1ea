"""Rows of a driver's cursor as Arrow, with the types that the database states."""

from __future__ import annotations

import decimal
import json
from collections.abc import Iterator
from typing import Any, Callable

from ..codecs.rows import Rows
from ..failures import StatedError
from .names import unique

ROWS_A_BATCH = 50_000
"""How many rows are held as Python values at a time."""


def fetched(
    cursor: Any,
    provider: str,
    frame: str,
    explained: Callable[[Exception], Exception],
    declared: str | None = None,
) -> Rows:
    """Give a cursor's rows.

    Args:
        cursor: the driver's cursor, after its statement.
        provider: the database.
        frame: what a Python block gets.
        explained: turns a driver's error into the block's.
        declared: the name of PostgreSQL's own cursor, from which the rows are fetched.

    Returns:
        the rows; where the database states all types, as a stream.
    """
    import pyarrow as pa

    description = cursor.description
    if description is None:
        return Rows(pa.schema([]), iter(()), frame)
    names = unique([str(column[0]) for column in description])
    types = [_type(provider, column) for column in description]

    def parts() -> Iterator[list[Any]]:
        while True:
            try:
                if declared:
                    cursor.execute(f"FETCH FORWARD {ROWS_A_BATCH} FROM {declared}")
                rows = cursor.fetchmany(ROWS_A_BATCH)
            except Exception as error:
                raise explained(error) from None
            if rows:
                yield rows
            if not rows or (declared and len(rows) < ROWS_A_BATCH):
                cursor.close()
                return

    if all(kind is not None for kind in types):
        schema = pa.schema(list(zip(names, types)))
        batches = (_batch(rows, names, types) for rows in parts())
        return Rows(schema, batches, frame)
    tables = [pa.Table.from_batches([_batch(rows, names, types)]) for rows in parts()]
    if not tables:
        whole = pa.table(
            {name: pa.array([], kind or pa.null()) for name, kind in zip(names, types)}
        )
    else:
        whole = pa.concat_tables(tables, promote_options="permissive")
    return Rows(whole.schema, iter(whole.to_batches()), frame)


def _batch(rows: list[Any], names: list[str], types: list[Any]) -> Any:
    import pyarrow as pa

    columns = [_array(list(values), kind) for values, kind in zip(zip(*rows), types)]
    try:
        return pa.RecordBatch.from_arrays(columns, names=names)
    except (pa.ArrowInvalid, TypeError) as error:
        raise StatedError("UnknownType", f"The rows cannot be stored: {error}") from None


def _array(values: list[Any], kind: Any) -> Any:
    import pyarrow as pa

    if kind is not None and pa.types.is_floating(kind):
        values = [float(v) if isinstance(v, decimal.Decimal) else v for v in values]
    elif kind is not None and (pa.types.is_string(kind) or pa.types.is_large_string(kind)):
        values = [v if v is None or isinstance(v, str) else _text(v) for v in values]
    elif kind is not None and pa.types.is_boolean(kind):
        values = [v if v is None else bool(v) for v in values]
    try:
        return pa.array(values, kind)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowNotImplementedError, OverflowError):
        if kind is not None:
            # a value beyond the stated type, such as a date before year 1
            return pa.array([None if v is None else _text(v) for v in values], pa.string()).cast(
                kind, safe=True
            )
        return pa.array([None if v is None else _text(v) for v in values], pa.string())


def _text(value: Any) -> str:
    if isinstance(value, (dict, list, tuple)):
        return json.dumps(value, default=str, ensure_ascii=False)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return bytes(value).decode("utf-8", "backslashreplace")
    return str(value)


def _type(provider: str, column: Any) -> Any:
    """Give the Arrow type that a column's description states; None when the values say it."""
    if provider == "postgres":
        return _postgres(column)
    return _mysql(column) if provider == "mysql" else None


def _postgres(column: Any) -> Any:
    import pyarrow as pa

    plain = {
        16: pa.bool_(), 21: pa.int16(), 23: pa.int32(), 20: pa.int64(), 26: pa.int64(),
        700: pa.float32(), 701: pa.float64(), 17: pa.binary(), 1082: pa.date32(),
        1083: pa.time64("us"), 1114: pa.timestamp("us"), 1184: pa.timestamp("us", "UTC"),
        1186: pa.duration("us"),
        1005: pa.list_(pa.int16()), 1007: pa.list_(pa.int32()), 1016: pa.list_(pa.int64()),
        1021: pa.list_(pa.float32()), 1022: pa.list_(pa.float64()), 1009: pa.list_(pa.string()),
        1015: pa.list_(pa.string()), 1000: pa.list_(pa.bool_()), 1182: pa.list_(pa.date32()),
    }  # fmt: skip
    if column.type_code == 1700:
        precision, scale = column.precision, column.scale
        if precision and precision <= 38 and scale is not None and 0 <= scale <= precision:
            return pa.decimal128(precision, scale)
        return pa.float64()
    return plain.get(column.type_code, pa.string())


def _mysql(column: Any) -> Any:
    import pyarrow as pa

    plain = {
        1: pa.int64(), 2: pa.int64(), 3: pa.int64(), 9: pa.int64(), 13: pa.int64(),
        4: pa.float32(), 5: pa.float64(), 10: pa.date32(), 7: pa.timestamp("us"),
        12: pa.timestamp("us"), 11: pa.duration("us"),
    }  # fmt: skip
    code = column[1]
    if code == 246:
        precision, scale = column[4], column[5]
        if precision and scale is not None and 0 <= scale <= precision <= 38:
            return pa.decimal128(precision, scale)
        return pa.float64()
    if code == 8:
        # unsigned numbers may pass 64 bits with a sign; the values say it
        return None
    return plain.get(code)
