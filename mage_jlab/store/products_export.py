"""Products written as files that other programs read."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from mage_jlab.domain.attempt import StoredProduct
from mage_jlab.domain.errors import BadInputError, UnprocessableError
from mage_jlab.domain.product import ProductType
from mage_jlab.store.disk import write_error
from mage_jlab.store.products import (
    open_table,
    product_file,
    read_bundle,
    shown_fields,
)

if TYPE_CHECKING:
    import pyarrow as pa
from mage_jlab.store.table_files import TABLE_WRITERS, plain_column
from mage_jlab.store.value_files import figure_writer, value_writer

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
    if stored.codec is not None:
        return None
    if ending == "pkl" and form in (ProductType.OBJECT, ProductType.MODEL):
        return lambda part: _copy(product_file(root, stored), part)
    if ending == "npy" and form is ProductType.ARRAY:
        return lambda part: _copy(product_file(root, stored), part)
    if form in (ProductType.FRAME, ProductType.SERIES):
        table_writer = TABLE_WRITERS.get(ending)
        if table_writer is None:
            return None
        return lambda part: _write_table(root, stored, part, table_writer)
    if form is ProductType.ARRAY and ending in ("csv", "json", "html", "parquet", "arrow"):
        return lambda part: _write_array(root, stored, part, ending)
    if form is ProductType.FIGURE:
        return figure_writer(read_bundle(root, stored), ending)
    if form is ProductType.BYTES and ending == "bin":
        return lambda part: _copy(product_file(root, stored), part)
    if form in (ProductType.JSON, ProductType.TEXT):
        return value_writer(root, stored, ending)
    return None


def _copy(source: Path, part: Path) -> None:
    shutil.copyfile(source, part)


def _write_table(
    root: Path, stored: StoredProduct, part: Path, write: Callable[[pa.Table, Path], None]
) -> None:
    import pyarrow as pa

    with open_table(root, stored) as table:
        fields = shown_fields(table.schema)
        columns = [plain_column(table.column(field.place)) for field in fields]
        names = [field.column.name for field in fields]
        try:
            write(pa.table(columns, names=names), part)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError, ValueError) as error:
            raise UnprocessableError(
                f"{stored.name} cannot be written as {part.suffix}: {error}."
            ) from error


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
    TABLE_WRITERS[ending](table, part)
