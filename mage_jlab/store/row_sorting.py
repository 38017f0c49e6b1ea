"""Sorting rows by Arrow columns: each becomes numbers of the same order, sorted one after another.

numpy's stable sort of numbers is several times faster than Arrow's sort of a table's rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from mage_jlab.domain.errors import BadInputError

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa
    from numpy.typing import NDArray


class SortKey(NamedTuple):
    """A column to sort by."""

    name: str
    column: pa.ChunkedArray
    largest_first: bool


def sorted_places(keys: Sequence[SortKey]) -> NDArray[np.int64]:
    """Give the places of rows in their order: missing values last, equal rows as they stand.

    Args:
        keys: the columns, the most important first; all equally long.

    Raises:
        BadInputError: when values of a column have no order.
    """
    import numpy as np

    order: Any = None
    for key in reversed(keys):
        # a stable sort by a more important column keeps the order by the others among equals
        values, there = _numbers(key)
        if order is not None:
            values = values[order]
            there = None if there is None else there[order]
        missing = np.empty(0, np.int64)
        valid = None
        if there is not None:
            valid, missing = np.nonzero(there)[0], np.nonzero(~there)[0]
            values = values[valid]
        places = _stable(values, key.largest_first)
        if valid is not None:
            places = np.concatenate([valid[places], missing])
        order = places if order is None else order[places]
    return np.asarray(order)


def plain_values(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Give a column without a dictionary, an extension or a view, as the compute kernels want."""
    import pyarrow as pa

    if isinstance(column.type, pa.BaseExtensionType):
        kind = column.type.storage_type
        column = pa.chunked_array([chunk.storage for chunk in column.chunks], kind)
    if pa.types.is_dictionary(column.type):
        parts = [
            plain_values(pa.chunked_array([chunk.dictionary])).take(chunk.indices)
            for chunk in column.chunks
        ]
        if not parts:
            return plain_values(pa.chunked_array([], column.type.value_type))
        return pa.chunked_array([chunk for part in parts for chunk in part.chunks], parts[0].type)
    if pa.types.is_string_view(column.type):
        column = column.cast(pa.large_string())
    if pa.types.is_binary_view(column.type):
        column = column.cast(pa.large_binary())
    return column


def _stable(values: Any, largest_first: bool) -> Any:
    import numpy as np

    if not largest_first:
        return np.argsort(values, kind="stable")
    # backwards twice: equal rows keep their order
    return len(values) - 1 - np.argsort(values[::-1], kind="stable")[::-1]


def _numbers(key: SortKey) -> tuple[Any, Any]:
    """Give numbers in the order of a column's values, and which are there (None when all are)."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    compute: Any = pc
    column: Any = key.column
    if not pa.types.is_dictionary(column.type):
        column = plain_values(column)
    kind = column.type
    if pa.types.is_nested(kind) or pa.types.is_null(kind):
        raise BadInputError(f"{key.name} holds {kind}, which has no order.", "wrong-order")
    if pa.types.is_boolean(kind):
        column = column.cast(pa.uint8())
    elif pa.types.is_temporal(kind):
        column = column.cast(pa.int32() if kind.bit_width == 32 else pa.int64(), safe=False)
    elif not (pa.types.is_integer(kind) or pa.types.is_floating(kind)):
        column = _ranked(column)
    there: Any = None
    if column.null_count:
        there = np.asarray(compute.is_valid(column).to_numpy())
        column = compute.fill_null(column, pa.scalar(0, column.type))
    values = np.asarray(column.to_numpy())
    if values.dtype.kind == "f":
        numbers = ~np.isnan(values)
        if not numbers.all():
            there = numbers if there is None else there & numbers
    return values, there


def _ranked(column: Any) -> Any:
    """Give each value's rank among the different ones; of ordered categories their own order."""
    import pyarrow as pa
    import pyarrow.compute as pc

    compute: Any = pc
    if not column.num_chunks:
        return pa.chunked_array([], pa.int64())
    if not pa.types.is_dictionary(column.type):
        column = compute.dictionary_encode(column)
    column = column.unify_dictionaries()
    if column.type.ordered:
        return pa.chunked_array([chunk.indices for chunk in column.chunks])
    values = column.chunk(0).dictionary
    if pa.types.is_string_view(values.type):
        values = values.cast(pa.large_string())
    ranks = compute.rank(values, tiebreaker="dense").cast(pa.int64())
    return pa.chunked_array([ranks.take(chunk.indices) for chunk in column.chunks])
