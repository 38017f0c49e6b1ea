"""Rows of a query on their way into a file: Arrow batches, stored as they come."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Callable

WHOLE = 32 * 1024 * 1024
"""Rows up to this size stand in one batch, so that readers share their memory with the file.

More are stored as they come, which costs less than the database's own table; Arrow and SQL readers
share their memory all the same, and pandas joins the parts of a column.
"""


class Rows:
    """What a query gave.

    Args:
        schema: their Arrow schema.
        batches: the record batches; they are asked for once.
        frame: what a Python block gets: ``pandas``, ``polars`` or ``arrow``.
        wide: places of columns whose decimals are integers, if they fit into 64 bits.
    """

    def __init__(
        self, schema: Any, batches: Iterator[Any], frame: str = "pandas", wide: tuple[int, ...] = ()
    ) -> None:
        self.schema = schema
        self.frame = frame
        self._batches = batches
        self._wide = wide

    @property
    def type_name(self) -> str:
        """The type that a Python block gets, as the manifest names it."""
        names = {"polars": "polars.dataframe.frame.DataFrame", "arrow": "pyarrow.lib.Table"}
        return names.get(self.frame, "pandas.DataFrame")

    def changed(self, change: Callable[[Iterator[Any]], Iterator[Any]]) -> Rows:
        """Give the same rows with their batches changed on their way."""
        return Rows(self.schema, change(self._batches), self.frame, self._wide)

    def read(self) -> tuple[Any, Iterator[Any]]:
        """Give the schema to store and the batches: a single one when they are not large."""
        import pyarrow as pa

        first, size = [], 0
        for batch in self._batches:
            first.append(batch)
            size += batch.nbytes
            if size > WHOLE:
                break
        table = pa.Table.from_batches(first, self.schema)
        if size > WHOLE:
            return self._marked(self.schema), self._all(first)
        table = self._narrowed(table)
        schema = self._marked(table.schema)
        return schema, iter(table.combine_chunks().to_batches())

    def _all(self, first: list[Any]) -> Iterator[Any]:
        while first:
            yield first.pop(0)
        yield from self._batches

    def _marked(self, schema: Any) -> Any:
        if self.frame != "pandas":
            return schema.remove_metadata()
        from .queried import with_layout

        return with_layout(schema)

    def _narrowed(self, table: Any) -> Any:
        import pyarrow as pa

        for place in self._wide:
            try:
                column = table.column(place).cast(pa.int64())
            except pa.ArrowInvalid:
                continue
            table = table.set_column(place, table.field(place).name, column)
        return table
