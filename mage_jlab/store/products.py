"""Data products on disk: where their files are, and what a reader is shown of them.

Nothing here unpickles: that is for workers and kernels. A page of a frame is read from the
memory-mapped file, never the whole of it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from mage_jlab.domain.attempt import StoredProduct
from mage_jlab.domain.errors import BadInputError, NotFoundError
from mage_jlab.domain.product import Column, ProductType, RowsPage
from mage_jlab.domain.word import Json
from mage_jlab.store.geometry_text import geometry_text
from mage_jlab.store.product_places import is_remote
from mage_jlab.store.products_altered import lost, noticed
from mage_jlab.store.products_json import LONGEST_TEXT, json_value
from mage_jlab.store.products_parts import SHOWN_CODECS, masked_array, sparse_rows

if TYPE_CHECKING:
    import pyarrow as pa

LAYOUT = b"mage_jlab"
"""The key of a file's schema metadata that says, as JSON, which fields a reader sees."""

OBJECT = b"mage_jlab.type"
"""The key of a field's metadata that marks the text of values that were pickled."""


LARGEST_VALUE = 4 * 1024 * 1024
"""A JSON file that is larger is not shown as a value, in bytes."""

MOST_ARRAY_COLUMNS = 200

VERSION = 1
"""The newest form of manifest and files that is shown here."""

CODEC_FILE = "value.codec"
"""The file of a product that a codec of its own wrote."""

LARGEST_HEADER = 64 * 1024
"""A file of an array without values is smaller, in bytes."""

FILES = {
    ProductType.FRAME: "data.arrow",
    ProductType.SERIES: "data.arrow",
    ProductType.ARRAY: "value.npy",
    ProductType.JSON: "value.json",
    ProductType.TEXT: "value.txt",
    ProductType.BYTES: "value.bin",
    ProductType.FIGURE: "value.figure",
    ProductType.MODEL: "value.pkl",
    ProductType.OBJECT: "value.pkl",
}
"""The file of each type in a product's folder."""


@dataclass(frozen=True)
class Preview:
    """What a view shows of a product: rows, or a value, or a MIME bundle."""

    rows: list[list[Json]] | None = None
    value: Json = None
    mime: dict[str, Json] | None = None


class ShownField(NamedTuple):
    """A column to show: its place in the file, and its name and type."""

    place: int
    column: Column


def product_file(products_root: Path, stored: StoredProduct) -> Path:
    """Give the file of a product that is not inline.

    Raises:
        NotFoundError: ``product-lost`` when it is gone, has another size than was written, or was
            written by a newer version.
    """
    if stored.uri is None:
        raise NotFoundError(f"{stored.name} has no file: it stands in the ledger.")
    if stored.version > VERSION:
        raise NotFoundError(
            f"{stored.name} was stored by a newer mage_jlab: update mage_jlab to see it, "
            "or run the block that makes it again.",
            reason="product-lost",
        )
    path = products_root / stored.uri / (CODEC_FILE if stored.codec else FILES[stored.type])
    try:
        size = path.stat().st_size
    except OSError:
        size = None
    if size != stored.bytes:
        raise lost(stored, "is gone" if size is None else "was altered")
    return path


def is_there(products_root: Path, stored: StoredProduct) -> bool:
    """Say whether a product can still be read, as far as its file's size tells.

    Of what lies behind a URL the ledger's word is taken: nobody waits for a network here.
    """
    if stored.inline is not None or is_remote(products_root):
        return True
    try:
        product_file(products_root, stored)
    except NotFoundError:
        return False
    return True


def read_rows(
    products_root: Path, stored: StoredProduct, offset: int = 0, limit: int = 100
) -> RowsPage:
    """Read some rows of a frame, a series or an array; only these are read.

    Args:
        products_root: the project's products folder.
        stored: the product's manifest.
        offset: the first row, from 0.
        limit: how many rows at most.

    Raises:
        BadInputError: when the product has no rows.
        NotFoundError: ``product-lost`` when its file is gone or altered.
    """
    offset, limit = max(0, offset), max(0, limit)
    if stored.type is ProductType.ARRAY and stored.codec in (None, *SHOWN_CODECS):
        path = product_file(products_root, stored)
        with noticed(path, stored):
            if stored.codec == "sparse":
                return sparse_rows(path, offset, limit)
            return _array_rows(path, stored.codec, offset, limit)
    if stored.type not in (ProductType.FRAME, ProductType.SERIES):
        raise BadInputError(f"{stored.name} is a {stored.type.value}: it has no rows.")
    with open_table(products_root, stored) as table:
        fields = shown_fields(table.schema)
        page = table.slice(offset, limit)
        # altered offsets would lead the reader out of the file
        page.validate(full=True)
        columns = [column_values(page.column(field.place), field.column.type) for field in fields]
        count = page.num_rows
        return RowsPage(
            columns=[field.column for field in fields],
            offset=offset,
            total=table.num_rows,
            rows=[[column[row] for column in columns] for row in range(count)],
        )


def read_preview(products_root: Path, stored: StoredProduct, rows: int = 10) -> Preview:
    """Read what a view shows of a product at first.

    Args:
        products_root: the project's products folder.
        stored: the product's manifest.
        rows: at most so many rows.

    Raises:
        NotFoundError: ``product-lost`` when its file is gone or altered.
    """
    has_rows = stored.type in (ProductType.FRAME, ProductType.SERIES, ProductType.ARRAY)
    if has_rows and stored.codec in (None, *SHOWN_CODECS):
        return Preview(rows=read_rows(products_root, stored, 0, rows).rows)
    if stored.shown is not None or stored.codec is not None:
        product_file(products_root, stored)
        return Preview(value=_named(stored) if stored.shown is None else stored.shown)
    if stored.type is ProductType.FIGURE:
        return Preview(mime=read_bundle(products_root, stored))
    if stored.type in (ProductType.JSON, ProductType.TEXT):
        return Preview(value=_value(products_root, stored))
    return Preview(value=_named(stored))


def read_bundle(products_root: Path, stored: StoredProduct) -> dict[str, Json]:
    """Read a figure's MIME bundle.

    Raises:
        NotFoundError: ``product-lost`` when its file is gone or altered.
    """
    if stored.inline is not None:
        return dict(json.loads(stored.inline)["mime"])
    path = product_file(products_root, stored)
    with noticed(path, stored), path.open("rb") as file:
        return dict(json.loads(file.readline())["mime"])


@contextmanager
def open_table(products_root: Path, stored: StoredProduct) -> Iterator[pa.Table]:
    """Map the Arrow table of a frame or a series; nothing is read before it is looked at.

    Raises:
        BadInputError: when a codec of another package wrote it.
        NotFoundError: ``product-lost`` when its file is gone or altered.
    """
    import pyarrow as pa

    if stored.codec is not None:
        raise BadInputError(f"{stored.name} is kept by the codec {stored.codec}: it has no rows.")
    path = product_file(products_root, stored)
    with noticed(path, stored), pa.memory_map(str(path)) as source:
        table = pa.ipc.open_file(source).read_all()
        table.validate()
        yield table


def shown_fields(schema: pa.Schema) -> list[ShownField]:
    """Give the columns of a product's file that a reader sees."""
    metadata = schema.metadata or {}
    if LAYOUT in metadata:
        places = json.loads(metadata[LAYOUT])["shown"]
    else:
        places = [[place, field.name] for place, field in enumerate(schema)]
    shown = []
    for place, name in places:
        field = schema.field(place)
        kind = (field.metadata or {}).get(OBJECT, b"").decode()
        type_ = kind or str(getattr(field.type, "storage_type", field.type))
        shown.append(ShownField(place, Column(name=name, type=type_)))
    return shown


def column_values(column: pa.ChunkedArray, kind: str = "") -> list[Json]:
    """Give an Arrow column as values that JSON can hold.

    Args:
        column: the column.
        kind: its type as views name it; geometries are given as text.
    """
    import pyarrow as pa

    try:
        values = column.to_pylist()
    except (ValueError, OverflowError, pa.ArrowException):
        # moments that Python has no value for: Arrow writes them as text
        values = column.cast(pa.string()).to_pylist()
    if kind == "geometry":
        values = [None if value is None else geometry_text(value) for value in values]
    return [json_value(value) for value in values]


def _value(products_root: Path, stored: StoredProduct) -> Json:
    if stored.inline is not None:
        return json.loads(stored.inline)
    path = product_file(products_root, stored)
    if stored.type is ProductType.TEXT:
        with path.open(encoding="utf-8", errors="backslashreplace") as file:
            text = file.read(LONGEST_TEXT + 1)
        return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"
    if stored.bytes > LARGEST_VALUE:
        return f"JSON of {stored.bytes:,} bytes: download it to see it."
    with noticed(path, stored):
        return json.loads(path.read_bytes())


def _named(stored: StoredProduct) -> str:
    return f"{stored.type_name or stored.type.value}, {stored.bytes:,} bytes"


def _array_rows(path: Path, codec: str | None, offset: int, limit: int) -> RowsPage:
    import numpy as np

    array: Any
    try:
        array = masked_array(path) if codec else np.load(path, mmap_mode="r", allow_pickle=False)
    except ValueError:
        if path.stat().st_size > LARGEST_HEADER:
            raise
        # an empty array has nothing to map
        array = np.load(path, allow_pickle=False)
    if array.ndim == 0:
        array = array.reshape(1)
    page = array[offset : offset + limit]
    width = min(array.shape[1], MOST_ARRAY_COLUMNS) if array.ndim == 2 else 1
    names = ["value"] if array.ndim != 2 else [str(place) for place in range(width)]
    rows = [
        [json_value(item) for item in row[:width].tolist()]
        if array.ndim == 2
        else [json_value(row.tolist() if hasattr(row, "tolist") else row)]
        for row in page
    ]
    return RowsPage(
        columns=[Column(name=name, type=str(array.dtype)) for name in names],
        offset=offset,
        total=int(array.shape[0]),
        rows=rows,
    )
