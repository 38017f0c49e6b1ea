"""How two stored products differ."""

from __future__ import annotations

import difflib
import json
from itertools import islice
from pathlib import Path
from typing import Any

from mage_jlab.domain.attempt import StoredProduct
from mage_jlab.domain.product import ProductType
from mage_jlab.domain.product_diff import ColumnDiff, ProductDiff, RowsDiff, SchemaDiff, TypeChange
from mage_jlab.store.frame_diff import compare_frames
from mage_jlab.store.product_profiles import stored_profile
from mage_jlab.store.products import open_table, product_file
from mage_jlab.store.products_altered import noticed

Side = tuple[str, Path, StoredProduct]
"""A product to compare: its id, the products folder, and its manifest."""

LARGEST_TEXT = 1024 * 1024
"""A text is compared by lines up to this size, in bytes."""

MOST_LINES = 2000
"""A diff of lines is cut after so many."""


def compare_products(before: Side, after: Side) -> ProductDiff:
    """Compare two products: what differs in the second.

    Equal checksums answer at once: nothing is read.

    Raises:
        NotFoundError: ``product-lost`` when the file of one is gone or altered.
    """
    one, other = before[2], after[2]
    found = ProductDiff(
        before=before[0],
        after=after[0],
        same=one.checksum == other.checksum and one.type is other.type,
        summary="The contents are equal.",
        schema_=schema_diff(one, other),
        columns=column_diffs(one, other),
    )
    if found.same:
        rows = RowsDiff(before=one.rows, after=other.rows, added=0, removed=0, changed=0)
        return found.model_copy(update={"rows": None if one.rows is None else rows})
    return found.model_copy(update=_differences(before, after, found))


def _differences(before: Side, after: Side, found: ProductDiff) -> dict[str, Any]:
    """Give the words of the diff of two products whose contents are not the same bytes."""
    one, other = before[2], after[2]
    plain = one.codec is None and other.codec is None
    types = {one.type, other.type}
    if plain and types <= {ProductType.FRAME, ProductType.SERIES}:
        return _frames(before, after, found)
    if plain and types <= {ProductType.JSON, ProductType.TEXT}:
        return _texts(before, after)
    if plain and types == {ProductType.ARRAY}:
        return {"summary": _arrays(before, after)}
    if one.type is other.type:
        return {"summary": f"The contents differ: {one.bytes:,} bytes, then {other.bytes:,}."}
    return {"summary": f"The type differs: {one.type.value}, then {other.type.value}."}


def _frames(before: Side, after: Side, found: ProductDiff) -> dict[str, Any]:
    with open_table(*before[1:]) as old, open_table(*after[1:]) as new:
        compared = compare_frames(old, new)
    rows = compared.rows
    counts = [
        f"{count:,} {word}"
        for word in ("added", "removed", "changed")
        if (count := getattr(rows, word))
    ]
    columns = [
        column.model_copy(update={"changed": compared.changed.get(column.name)})
        for column in found.columns
    ]
    told = "no difference in the values" if rows.added is not None else "not compared"
    return {
        "rows": rows,
        "sample": compared.sample,
        "key": compared.key,
        "columns": columns,
        "summary": f"Rows: {', '.join(counts) or told}.",
    }


def _texts(before: Side, after: Side) -> dict[str, Any]:
    if max(before[2].bytes, after[2].bytes) > LARGEST_TEXT:
        sizes = f"{before[2].bytes:,} bytes, then {after[2].bytes:,}"
        return {"summary": f"The contents differ: {sizes}; they are too large for a diff of lines."}
    names = (f"before/{before[2].name}", f"after/{after[2].name}")
    lines = difflib.unified_diff(_lines(before), _lines(after), *names, lineterm="")
    shown = list(islice(lines, MOST_LINES))
    cut = " (cut)" if len(shown) == MOST_LINES else ""
    return {"text": "\n".join(shown), "summary": f"The contents differ{cut}."}


def _lines(side: Side) -> list[str]:
    _, root, stored = side
    if stored.inline is not None:
        value = json.loads(stored.inline)
    else:
        path = product_file(root, stored)
        with noticed(path, stored):
            text = path.read_text(encoding="utf-8", errors="surrogatepass")
            value = text if stored.type is ProductType.TEXT else json.loads(text)
    if stored.type is not ProductType.TEXT:
        value = json.dumps(value, indent=1, ensure_ascii=False)
    return str(value).splitlines()


def _arrays(before: Side, after: Side) -> str:
    import numpy as np

    arrays: list[Any] = []
    for _, root, stored in (before, after):
        path = product_file(root, stored)
        with noticed(path, stored):
            arrays.append(np.load(path, allow_pickle=False))
    old, new = arrays
    if old.shape != new.shape:
        return f"The shape differs: {old.shape}, then {new.shape}."
    said = "" if old.dtype == new.dtype else f"The type differs: {old.dtype}, then {new.dtype}. "
    if old.dtype.names or new.dtype.names:
        return f"{said}The values differ."
    unequal = (old != new) & ~((old != old) & (new != new))
    count = f"{int(unequal.sum()):,} of {old.size:,} values differ"
    if not unequal.any() or not all(array.dtype.kind in "iufcb" for array in arrays):
        return f"{said}{count}."
    with np.errstate(all="ignore"):
        most = np.nanmax(np.abs(new[unequal].astype(complex) - old[unequal].astype(complex)))
    return f"{said}{count}, by {most:g} at most."


def schema_diff(one: StoredProduct, other: StoredProduct) -> SchemaDiff:
    """Compare the columns of two products by their names."""
    old = {column.name: column for column in one.schema_ or []}
    new = {column.name: column for column in other.schema_ or []}
    return SchemaDiff(
        added=[column for name, column in new.items() if name not in old],
        removed=[column for name, column in old.items() if name not in new],
        changed=[
            TypeChange(name=name, before=column.type, after=new[name].type)
            for name, column in old.items()
            if name in new and new[name].type != column.type
        ],
    )


def column_diffs(one: StoredProduct, other: StoredProduct) -> list[ColumnDiff]:
    """Give the profiles of each column on both sides."""
    old = {profile.name: profile for profile in stored_profile(one).profiles}
    new = {profile.name: profile for profile in stored_profile(other).profiles}
    names = dict.fromkeys(
        column.name for columns in (other.schema_, one.schema_) for column in columns or []
    )
    return [ColumnDiff(name=name, before=old.get(name), after=new.get(name)) for name in names]
