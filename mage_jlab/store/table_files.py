"""Arrow tables as files that other programs read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mage_jlab.store.products import column_values

if TYPE_CHECKING:
    import pyarrow as pa


def plain_column(column: Any) -> Any:
    """Give a column without types that only pandas knows."""
    import pyarrow as pa

    if isinstance(column.type, pa.BaseExtensionType):
        return pa.chunked_array(
            [chunk.storage for chunk in column.chunks], column.type.storage_type
        )
    return column


def _frame(table: pa.Table) -> Any:
    import pandas as pd

    # Arrow's own types keep integers with missing values integers
    return table.to_pandas(types_mapper=pd.ArrowDtype)


def _csv(table: pa.Table, part: Path) -> None:
    _frame(table).to_csv(part, index=False)


def _html(table: pa.Table, part: Path) -> None:
    _frame(table).to_html(part, index=False)


def _parquet(table: pa.Table, part: Path) -> None:
    import pyarrow.parquet

    pyarrow.parquet.write_table(table, part)


def _arrow(table: pa.Table, part: Path) -> None:
    import pyarrow as pa

    with pa.OSFile(str(part), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)


def _json(table: pa.Table, part: Path) -> None:
    """Write records, a thousand rows at a time."""
    with part.open("w", encoding="utf-8") as file:
        file.write("[")
        for start in range(0, table.num_rows, 1000):
            page = table.slice(start, 1000)
            columns = [column_values(column) for column in page.columns]
            for row in range(page.num_rows):
                values = [column[row] for column in columns]
                record = dict(zip(table.column_names, values, strict=True))
                file.write(",\n" if start or row else "\n")
                file.write(json.dumps(record, ensure_ascii=False))
        file.write("\n]\n")


def _npy(table: pa.Table, part: Path) -> None:
    import numpy as np

    columns = [column.to_numpy() for column in table.columns]
    array = columns[0] if len(columns) == 1 else np.column_stack(columns)
    if array.dtype.hasobject:
        raise ValueError("only numbers have a form as .npy")
    np.save(part, array, allow_pickle=False)


TABLE_WRITERS: dict[str, Callable[[pa.Table, Path], None]] = {
    "csv": _csv,
    "html": _html,
    "parquet": _parquet,
    "arrow": _arrow,
    "json": _json,
    "npy": _npy,
}
"""What writes a table, by the ending of its file."""
