"""Pages of a stored frame's rows, sorted and filtered.

Only the columns that the order needs are read, by Arrow's compute on the mapped file; the order is
kept, so that the next page reads its own rows alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mage_jlab.domain.attempt import StoredProduct
from mage_jlab.domain.errors import BadInputError
from mage_jlab.domain.product import ProductType, RowsPage
from mage_jlab.domain.product_profile import RowFilter
from mage_jlab.store.products import (
    ShownField,
    column_values,
    open_table,
    product_file,
    read_rows,
    shown_fields,
)
from mage_jlab.store.row_filters import matching
from mage_jlab.store.row_orders import RowOrders
from mage_jlab.store.row_sorting import SortKey, plain_values, sorted_places

if TYPE_CHECKING:
    import pyarrow as pa

    from mage_jlab.store.row_orders import Order

ORDERS = RowOrders()
"""The orders that this process keeps."""

MOST_FILTERS = 50

SHOWN_NAMES = 30
"""So many columns are named where another one was asked for."""


def ordered_rows(
    root: Path,
    stored: StoredProduct,
    offset: int,
    limit: int,
    sort: str | None,
    filters: Sequence[RowFilter],
    orders: RowOrders = ORDERS,
) -> RowsPage:
    """Read some rows of a frame or series in an order and through filters.

    Args:
        root: the project's products folder.
        stored: the product's manifest.
        offset: the first row of those that the filters let through.
        limit: how many rows at most.
        sort: names of columns with commas between, each with ``-`` before it for the largest
            first; missing values are last, equal ones as stored.
        filters: all of these must hold.
        orders: where orders are kept.

    Raises:
        BadInputError: when the product has no such column, a filter or an order does not fit its
            type, or the product has no rows.
        NotFoundError: ``product-lost`` when its file is gone or altered.
    """
    if stored.type not in (ProductType.FRAME, ProductType.SERIES) or stored.codec is not None:
        if sort or filters:
            kind = stored.codec or stored.type.value
            raise BadInputError(f"{stored.name} is no frame but {kind}: only frames are sorted.")
        return read_rows(root, stored, offset, limit)
    if not sort and not filters:
        return read_rows(root, stored, offset, limit)
    if len(filters) > MOST_FILTERS:
        raise BadInputError(f"There are {len(filters)} filters; the most are {MOST_FILTERS}.")
    path = product_file(root, stored)
    state = path.stat()
    asked = tuple(sorted(word.model_dump_json() for word in filters))
    key = (str(path), state.st_ino, state.st_mtime_ns, stored.checksum, sort or "", asked)
    with open_table(root, stored) as table:
        fields = shown_fields(table.schema)
        order = orders.get(key, lambda: _order(table, fields, sort, filters))
        page = _taken(table, order[offset : offset + limit], fields)
        columns = [
            column_values(page.column(place), field.column.type)
            for place, field in enumerate(fields)
        ]
        return RowsPage(
            columns=[field.column for field in fields],
            offset=offset,
            total=len(order),
            rows=[[column[row] for column in columns] for row in range(page.num_rows)],
        )


def sort_keys(sort: str, names: Sequence[str]) -> list[tuple[str, bool]]:
    """Give the columns to sort by, and of each whether the largest is first.

    A column whose own name has a comma is understood where it stands alone.

    Raises:
        BadInputError: when there is no such column.
    """
    parts = [sort] if sort.removeprefix("-") in names or sort in names else sort.split(",")
    keys = []
    for part in parts:
        name = part.removeprefix("-")
        if name in names:
            keys.append((name, part != name))
        elif part in names:
            keys.append((part, False))
        else:
            raise unknown_column(name, names)
    return keys


def unknown_column(name: str, names: Sequence[str]) -> BadInputError:
    """Give the error of a column that is not there; it names those that are."""
    more = f" and {len(names) - SHOWN_NAMES} more" if len(names) > SHOWN_NAMES else ""
    return BadInputError(
        f"There is no column {name!r}; there are {', '.join(names[:SHOWN_NAMES])}{more}.",
        "no-column",
    )


def _order(
    table: pa.Table, fields: list[ShownField], sort: str | None, filters: Sequence[RowFilter]
) -> Order:
    import numpy as np
    import pyarrow.compute as pc

    compute: Any = pc
    places: dict[str, int] = {}
    for field in fields:
        places.setdefault(field.column.name, field.place)
    names = list(places)
    rows: Any = None
    mask: Any = None
    passed: Any = None
    keys = sort_keys(sort, names) if sort else []
    for asked in filters:
        if asked.column not in places:
            raise unknown_column(asked.column, names)
        found = matching(plain_values(_whole(table, places[asked.column])), asked)
        mask = found if mask is None else compute.and_(mask, found)
    if mask is not None:
        passed = compute.indices_nonzero(mask)
        rows = np.asarray(passed.to_numpy())
    if keys:
        columns = [(name, _whole(table, places[name]), down) for name, down in keys]
        if passed is not None:
            columns = [(name, _passed(column, passed), down) for name, column, down in columns]
        order = sorted_places([SortKey(*column) for column in columns])
        rows = order if rows is None else rows[order]
    # half as wide as the sort's own numbers: what is kept counts
    return np.asarray(rows).astype(np.uint32 if table.num_rows < 2**32 else np.uint64)


def _whole(table: pa.Table, place: int) -> pa.ChunkedArray:
    """Give a column to read all of it: altered offsets would lead the reader out of the file."""
    column = table.column(place)
    column.validate(full=True)
    return column


def _passed(column: pa.ChunkedArray, places: Any) -> pa.ChunkedArray:
    import pyarrow as pa

    # categories keep their order; views of texts cannot be taken
    is_dictionary = pa.types.is_dictionary(column.type)
    return (column if is_dictionary else plain_values(column)).take(places)


def _taken(table: pa.Table, rows: Order, fields: list[ShownField]) -> pa.Table:
    """Take some rows of a table; one by one, since taking from many parts would join them all."""
    import pyarrow as pa

    shown = table.select([field.place for field in fields])
    parts = [shown.slice(int(row), 1) for row in rows]
    page = pa.concat_tables(parts) if parts else shown.slice(0, 0)
    page.validate(full=True)
    return page
