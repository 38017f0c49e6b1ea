"""Products written as files that other programs read."""

from __future__ import annotations

import base64
import html
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mage_jlab.domain.attempt import StoredProduct
from mage_jlab.domain.errors import BadInputError, UnprocessableError
from mage_jlab.domain.product import ProductType
from mage_jlab.store.disk import write_error
from mage_jlab.store.products import (
    column_values,
    open_table,
    product_file,
    read_bundle,
    read_preview,
    shown_fields,
)

if TYPE_CHECKING:
    import pyarrow as pa

FORMATS = ("csv", "parquet", "arrow", "json", "npy", "pkl", "html", "png", "txt", "bin")
"""The endings that a product can be written to."""


def export_product(products_root: Path, stored: StoredProduct, output: Path) -> None:
    """Write a product as a file, in the format that its ending says; all or nothing.

    Args:
        products_root: the project's products folder.
        stored: the product's manifest.
        output: the file; it is replaced when it is there.

    Raises:
        BadInputError: when the ending is unknown, or such a product cannot be written so.
        NotFoundError: ``product-lost`` when its file is gone or altered.
        UnprocessableError: when the file cannot be written.
    """
    ending = output.suffix.removeprefix(".").lower()
    if ending not in FORMATS:
        known = ", ".join(f".{one}" for one in FORMATS)
        raise BadInputError(
            f"{output.name} has no ending that a product can be written to: {known}."
        )
    write = _writer(products_root, stored, ending)
    if write is None:
        raise BadInputError(
            f"{stored.name} is a {stored.type.value}: it cannot be written as .{ending}."
        )
    _write_whole(output, write)


def pickle_value(value: object, output: Path) -> None:
    """Write a loaded product as a pickle, its own classes and functions included.

    Raises:
        UnprocessableError: when the file cannot be written.
    """
    import cloudpickle

    _write_whole(output, lambda part: part.write_bytes(cloudpickle.dumps(value)))


def _write_whole(output: Path, write: Callable[[Path], object]) -> None:
    """Write a file beside its place, then move it there."""
    try:
        with tempfile.TemporaryDirectory(dir=output.parent, prefix=".mage-") as folder:
            part = Path(folder) / output.name
            write(part)
            part.replace(output)
    except OSError as error:
        raise write_error(error, str(output)) from error


def _writer(root: Path, stored: StoredProduct, ending: str) -> Callable[[Path], None] | None:
    """Give what writes the file, or None when there is no way."""
    form = stored.type
    if ending == "pkl" and form in (ProductType.OBJECT, ProductType.MODEL):
        return lambda part: _copy(product_file(root, stored), part)
    if ending == "npy" and form is ProductType.ARRAY:
        return lambda part: _copy(product_file(root, stored), part)
    if form in (ProductType.FRAME, ProductType.SERIES):
        table_writer = _TABLE_WRITERS.get(ending)
        if table_writer is None:
            return None
        return lambda part: _write_table(root, stored, part, table_writer)
    if form is ProductType.ARRAY and ending in ("csv", "json", "html", "parquet", "arrow"):
        return lambda part: _write_array(root, stored, part, ending)
    if form is ProductType.FIGURE:
        return _figure_writer(read_bundle(root, stored), ending)
    if form is ProductType.BYTES and ending == "bin":
        return lambda part: _copy(product_file(root, stored), part)
    if form in (ProductType.JSON, ProductType.TEXT):
        return _value_writer(root, stored, ending)
    return None


def _copy(source: Path, part: Path) -> None:
    shutil.copyfile(source, part)


def _write_table(
    root: Path, stored: StoredProduct, part: Path, write: Callable[[pa.Table, Path], None]
) -> None:
    import pyarrow as pa

    with open_table(root, stored) as table:
        fields = shown_fields(table.schema)
        columns = [_plain(table.column(field.place)) for field in fields]
        names = [field.column.name for field in fields]
        try:
            write(pa.table(columns, names=names), part)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, ValueError) as error:
            raise UnprocessableError(
                f"{stored.name} cannot be written as {part.suffix}: {error}."
            ) from error


def _plain(column: Any) -> Any:
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


_TABLE_WRITERS = {
    "csv": _csv,
    "html": _html,
    "parquet": _parquet,
    "arrow": _arrow,
    "json": _json,
    "npy": _npy,
}


def _write_array(root: Path, stored: StoredProduct, part: Path, ending: str) -> None:
    import numpy as np
    import pyarrow as pa

    array = np.load(product_file(root, stored), allow_pickle=False)
    if array.ndim > 2:
        raise UnprocessableError(f"{stored.name} has {array.ndim} dimensions: write it as .npy.")
    if ending == "json":
        part.write_text(json.dumps(array.tolist()), encoding="utf-8")
        return
    columns = {"value": array.reshape(-1)} if array.ndim < 2 else dict(enumerate(array.T))
    table = pa.table({str(name): np.ascontiguousarray(column) for name, column in columns.items()})
    _TABLE_WRITERS[ending](table, part)


def _figure_writer(bundle: dict[str, Any], ending: str) -> Callable[[Path], None] | None:
    image = bundle.get("image/png")
    if ending == "png" and image:
        return lambda part: _write_bytes(part, base64.b64decode(image))
    if ending == "json":
        return lambda part: _write_bytes(part, json.dumps(bundle).encode())
    if ending == "html":
        shown = bundle.get("text/html")
        if shown is None and image:
            shown = f'<img alt="" src="data:image/png;base64,{image}">'
        if shown is None:
            shown = f"<pre>{html.escape(str(bundle.get('text/plain', '')))}</pre>"
        page = f"<!doctype html>\n<meta charset=utf-8>\n{shown}\n"
        return lambda part: _write_bytes(part, page.encode())
    return None


def _value_writer(root: Path, stored: StoredProduct, ending: str) -> Callable[[Path], None] | None:
    if ending not in ("json", "txt", "html"):
        return None

    def write(part: Path) -> None:
        is_text = stored.type is ProductType.TEXT
        if stored.inline is None and ending == ("txt" if is_text else "json"):
            _copy(product_file(root, stored), part)
            return
        if stored.inline is not None:
            value = json.loads(stored.inline)
        elif is_text:
            value = product_file(root, stored).read_text(encoding="utf-8")
        else:
            value = read_preview(root, stored).value
        text = value if is_text and ending != "json" else json.dumps(value, ensure_ascii=False)
        if ending == "html":
            text = f"<!doctype html>\n<meta charset=utf-8>\n<pre>{html.escape(text)}</pre>\n"
        _write_bytes(part, text.encode())

    return write


def _write_bytes(part: Path, data: bytes) -> None:
    part.write_bytes(data)
