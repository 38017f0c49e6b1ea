"""Rows of two frames compared: by a key where one tells them, else as a bag of equal rows.

Whole columns are compared at a time; no row becomes a Python object but those of the samples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from mage_jlab.domain.product_diff import ChangedRow, RowsDiff, RowsSample
from mage_jlab.domain.word import Json
from mage_jlab.store.products import column_values, shown_fields
from mage_jlab.store.row_sorting import plain_values

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

SAMPLE = 50
"""So many rows of each kind are shown."""


class FrameDiff(NamedTuple):
    """How rows differ: counts, a sample, the key, and the changed rows of each common column."""

    rows: RowsDiff
    sample: RowsSample
    key: list[str] | None
    changed: dict[str, int | None]


def compare_frames(before: pa.Table, after: pa.Table) -> FrameDiff:
    """Compare the rows of two tables as a reader sees them.

    Args:
        before: one product's table.
        after: the other's.
    """
    one, other = _columns(before), _columns(after)
    common = [name for name in one if name in other]
    key = next((name for name in common if _is_key(one[name], other[name])), None)
    if key is None:
        return _bags(one, other, common)
    return _keyed(one, other, common, key)


def _columns(table: pa.Table) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in shown_fields(table.schema):
        column = table.column(field.place)
        # altered offsets would lead the reader out of the file
        column.validate(full=True)
        found.setdefault(field.column.name, plain_values(column))
    return found


def _is_key(one: Any, other: Any) -> bool:
    """Say whether a column tells rows on both sides: an integer, text or moment, never twice."""
    import pyarrow as pa
    import pyarrow.compute as pc

    compute: Any = pc
    kind = one.type
    if kind != other.type or pa.types.is_nested(kind) or pa.types.is_null(kind):
        return False
    if pa.types.is_floating(kind) or pa.types.is_boolean(kind) or pa.types.is_decimal(kind):
        return False
    # most columns repeat themselves soon: the whole is counted only of those that do not
    return all(
        not part.null_count and len(part) == compute.count_distinct(part).as_py()
        for column in (one, other)
        for part in (column.slice(0, 10_000), column)
    )


def _keyed(one: dict[str, Any], other: dict[str, Any], common: list[str], key: str) -> FrameDiff:
    import numpy as np
    import pyarrow.compute as pc

    compute: Any = pc
    found = compute.index_in(other[key], value_set=one[key])
    there = np.asarray(compute.is_valid(found).to_numpy())
    new = np.nonzero(there)[0]
    old = np.asarray(compute.fill_null(found, 0).to_numpy())[new]
    added = np.nonzero(~there)[0]
    gone = np.ones(len(one[key]), bool)
    gone[old] = False
    removed = np.nonzero(gone)[0]
    in_place = len(added) == len(removed) == 0 and bool((old == np.arange(len(old))).all())
    differs = np.zeros(len(new), bool)
    changed: dict[str, int | None] = {}
    for name in common:
        left, right = one[name], other[name]
        if not in_place:
            left, right = left.take(old), right.take(new)
        mask = _unequal(left, right)
        changed[name] = None if mask is None else int(mask.sum())
        if mask is not None:
            differs |= mask
    at = np.nonzero(differs)[0]
    first = at[:SAMPLE]
    sides = zip(_rows(one, old[first]), _rows(other, new[first]), strict=True)
    sample = RowsSample(
        added=_rows(other, added[:SAMPLE]),
        removed=_rows(one, removed[:SAMPLE]),
        changed=[ChangedRow(before=left, after=right) for left, right in sides],
    )
    rows = RowsDiff(
        before=len(one[key]),
        after=len(other[key]),
        added=len(added),
        removed=len(removed),
        changed=len(at),
    )
    return FrameDiff(rows, sample, [key], changed)


def _unequal(left: Any, right: Any) -> Any:
    """Say of each pair of values whether they differ; None when they cannot be compared."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    compute: Any = pc
    if left.type != right.type:
        numbers = (pa.types.is_integer, pa.types.is_floating)
        if not all(any(test(side.type) for test in numbers) for side in (left, right)):
            return None
        left, right = left.cast(pa.float64(), safe=False), right.cast(pa.float64(), safe=False)
    if left.equals(right):
        return np.zeros(len(left), bool)
    try:
        same = compute.equal(left, right)
    except pa.ArrowException:
        # lists and structs
        return None
    missing = [compute.is_null(side, nan_is_null=True) for side in (left, right)]
    both = compute.and_(*missing)
    return ~np.asarray(compute.or_(compute.fill_null(same, False), both).to_numpy())


def _bags(one: dict[str, Any], other: dict[str, Any], common: list[str]) -> FrameDiff:
    """Count how often each different row is on both sides, over the columns of both."""
    import numpy as np

    before = len(next(iter(one.values()), ()))
    after = len(next(iter(other.values()), ()))
    changed: dict[str, int | None] = dict.fromkeys(common)
    codes = _codes(one, other, common)
    if codes is None:
        return FrameDiff(RowsDiff(before=before, after=after), RowsSample(), None, changed)
    old, new = codes[:before], codes[before:]
    width = int(codes.max(initial=-1)) + 1
    more = np.bincount(new, minlength=width) - np.bincount(old, minlength=width)
    rows = RowsDiff(
        before=before,
        after=after,
        added=int(more[more > 0].sum()),
        removed=int(-more[more < 0].sum()),
    )
    sample = RowsSample(
        added=_rows(other, _first(new, more > 0)), removed=_rows(one, _first(old, more < 0))
    )
    return FrameDiff(rows, sample, None, changed)


def _first(codes: Any, wanted: Any) -> Any:
    """Give the first rows, one of each kind, whose kind is wanted."""
    import numpy as np

    places = np.nonzero(wanted[codes])[0]
    _, kinds = np.unique(codes[places], return_index=True)
    return places[np.sort(kinds)[:SAMPLE]]


def _codes(one: dict[str, Any], other: dict[str, Any], common: list[str]) -> Any:
    """Give equal rows of both sides equal numbers; None when no column can tell them."""
    import numpy as np
    import pyarrow as pa

    codes: Any = None
    for name in common:
        left, right = one[name], other[name]
        if left.type != right.type or pa.types.is_nested(left.type):
            continue
        both = pa.chunked_array([*left.chunks, *right.chunks], left.type)
        numbers = _numbered(both)
        if codes is not None:
            # pairs of numbers below 2^32 fit into 64 bits: numbering them again loses nothing
            pairs = codes * (numbers.max(initial=0) + 1) + numbers
            numbers = _numbered(pa.chunked_array([pa.array(pairs)]))
        codes = numbers
    return codes if codes is None else np.asarray(codes)


def _numbered(column: Any) -> Any:
    """Number the different values of a column from 1; a missing one is 0."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    compute: Any = pc
    encoded = compute.dictionary_encode(column).unify_dictionaries()
    parts = [
        compute.fill_null(compute.add(chunk.indices.cast(pa.int64()), 1), 0).to_numpy()
        for chunk in encoded.chunks
    ]
    return np.concatenate(parts) if parts else np.empty(0, np.int64)


def _rows(columns: dict[str, Any], places: NDArray[Any]) -> list[dict[str, Json]]:
    """Give some rows by the names of their columns."""
    values = {
        name: [column_values(column.slice(int(place), 1))[0] for place in places]
        for name, column in columns.items()
    }
    return [{name: values[name][at] for name in columns} for at in range(len(places))]
