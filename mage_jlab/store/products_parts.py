"""Sparse and masked arrays as rows to look at: their files hold numpy arrays one after another.

The arrays are mapped, so that a page reads only its own part of them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from mage_jlab.domain.product import Column, RowsPage
from mage_jlab.store.products_json import json_value

SHOWN_CODECS = ("sparse", "masked")
"""The codecs whose files are shown as rows."""


def masked_array(path: Path) -> Any:
    """Map a masked array; without a copy of its values."""
    import numpy as np

    head, arrays = _read(path)
    array = np.ma.MaskedArray(arrays["data"], arrays.get("mask", np.ma.nomask), copy=False)
    return array.T if head["by_columns"] else array


def sparse_rows(path: Path, offset: int, limit: int) -> RowsPage:
    """Give the stored entries of a sparse array, in their order, as its coordinates and values."""
    head, arrays = _read(path)
    data = arrays["data"].reshape(-1)
    page = slice(offset, offset + limit)
    axes = _coordinates(head, arrays, range(*page.indices(len(data))))
    names = ["row", "column"] if len(axes) == 2 else [f"axis {axis}" for axis in range(len(axes))]
    columns = [Column(name=name, type="int64") for name in names]
    values = [json_value(value) for value in data[page].tolist()]
    return RowsPage(
        columns=[*columns, Column(name="value", type=head["dtype"].lstrip("<>|="))],
        offset=offset,
        total=len(data),
        rows=[
            [*(int(place) for place in row[:-1]), row[-1]]
            for row in zip(*axes, values, strict=True)
        ],
    )


def _coordinates(head: dict[str, Any], arrays: dict[str, Any], entries: range) -> list[Any]:
    """Give the coordinates of some entries, one array for each axis."""
    import numpy as np

    places = np.arange(entries.start, entries.stop)
    form, axes = head["format"], len(head["shape"])
    if form == "dia":
        line, column = np.divmod(places, arrays["data"].shape[1])
        return [column - arrays["offsets"][line], column]
    if form not in ("csr", "csc", "bsr"):
        return [arrays[f"coordinate {axis}"][places] for axis in range(axes)]
    height, width = head.get("blocksize", (1, 1))
    block, inside = np.divmod(places, height * width)
    major = np.searchsorted(arrays["indptr"], block, side="right") - 1
    minor = arrays["indices"][block]
    if form == "csc":
        return [minor, major]
    both = [major * height + inside // width, minor * width + inside % width]
    return both[-axes:]


def _read(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    import numpy as np

    arrays = {}
    with path.open("rb") as file:
        head: dict[str, Any] = json.loads(file.readline())
        start = file.tell()
        for part in head["parts"]:
            dtype, shape = np.dtype(part["dtype"]), tuple(part["shape"])
            is_empty = 0 in shape or not dtype.itemsize
            at = start + part["at"]
            array = np.empty(shape, dtype) if is_empty else np.memmap(file, dtype, "r", at, shape)
            arrays[part["name"]] = array.view(np.ndarray)
    return head, arrays
