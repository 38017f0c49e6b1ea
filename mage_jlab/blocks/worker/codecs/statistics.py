"""A summary of each column, kept in the manifest so that nobody reads the file for it.

Missing values, the least, the greatest and the mean are those of all rows: kernels that take a
few milliseconds for ten million. The rest, which would take long, is counted in an even sample.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from . import histograms
from .layout import Shown

MOST_COLUMNS = 200
"""Columns after these have no summary."""

MOST_DRAWN = 50
"""Columns after these have no histogram and no frequent values: a manifest stays small."""

SAMPLE_CELLS = 100_000
"""The cells of all columns together that are sampled."""

SAMPLE_ROWS = 20_000
"""The most rows of a sample; a frame with fewer is counted whole."""

FREQUENT = 10
"""So many of the most frequent values are kept."""

LONGEST_TEXT = 100
"""A text is kept up to this length, in characters."""


def summary(table: Any, columns: list[Shown]) -> dict[str, Any]:
    """Describe each column, by name; of columns that share a name the first.

    Args:
        table: the Arrow table.
        columns: the columns to describe.

    Returns:
        By column the words of its profile, as JSON; those that are not known are left out.
    """
    described = columns[:MOST_COLUMNS]
    most = min(SAMPLE_ROWS, SAMPLE_CELLS // max(1, len(described)))
    step = _prime(-(-table.num_rows // most)) if table.num_rows > most else 1
    found: dict[str, Any] = {}
    for number, column in enumerate(described):
        if column.name not in found:
            values = table.column(column.field)
            found[column.name] = _column(values, step, number < MOST_DRAWN)
    return found


def _column(column: Any, step: int, drawn: bool) -> dict[str, Any]:
    import pyarrow as pa

    found: dict[str, Any] = {"nulls": column.null_count}
    if step > 1:
        found["sampled"] = True
    try:
        _whole(found, column)
        _part(found, _sampled(column, step), len(column), step, drawn)
    except (pa.ArrowException, ValueError, OverflowError, TypeError):
        # a moment that Python has no value for, or a type without order: what is known stays
        return found
    return found


def _whole(found: dict[str, Any], column: Any) -> None:
    """Add what is counted in all rows."""
    import pyarrow as pa
    import pyarrow.compute as pc

    compute: Any = pc
    kind = column.type
    number = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
    if not (number or pa.types.is_temporal(kind)) or len(column) == column.null_count:
        return
    if pa.types.is_duration(kind):
        # Arrow has no order of durations; their numbers have the same
        ends = compute.min_max(column.cast(pa.int64()))
        for end in ("min", "max"):
            found[end] = shown(ends[end].cast(kind).as_py())
        return
    ends = compute.min_max(column)
    if number:
        mean = _mean(column, ends)
        if mean is not None and math.isnan(mean):
            # "not a number" counts as missing, as a page shows it
            numbers = compute.invert(compute.is_nan(column))
            found["nulls"] = len(column) - compute.sum(numbers).as_py()
            mean = _mean(column.filter(numbers), ends)
        if mean is not None and math.isfinite(mean):
            found["mean"] = mean
    found["min"], found["max"] = (shown(ends[end].as_py()) for end in ("min", "max"))


def _mean(column: Any, ends: Any) -> float | None:
    import pyarrow as pa
    import pyarrow.compute as pc

    compute: Any = pc
    if pa.types.is_integer(column.type):
        largest = max(abs(ends[end].as_py()) for end in ("min", "max"))
        if largest * len(column) >= 2**63:
            # the sum would go round
            column = column.cast(pa.float64(), safe=False)
    mean = compute.mean(column).as_py()
    return None if mean is None else float(mean)


def _part(found: dict[str, Any], sample: Any, rows: int, step: int, drawn: bool) -> None:
    """Add what is counted in a sample."""
    import pyarrow as pa
    import pyarrow.compute as pc

    compute: Any = pc
    sample = sample.drop_null()
    kind = sample.type
    if pa.types.is_floating(kind):
        sample = sample.filter(compute.invert(compute.is_nan(sample)))
    if pa.types.is_nested(kind) or pa.types.is_null(kind):
        return
    counted = (sample.cast(pa.int64()) if pa.types.is_duration(kind) else sample).value_counts()
    counts = counted.field("counts")
    distinct = len(counted)
    if step > 1:
        once = compute.sum(compute.equal(counts, 1)).as_py() or 0
        distinct = _estimated(distinct, once, len(sample), rows - found["nulls"])
        found["distinct_exact"] = False
    found["distinct"] = distinct
    words = pa.types.is_string(kind) or pa.types.is_large_string(kind)
    if words and step == 1 and len(sample):
        ends = compute.min_max(counted.field("values"))
        found["min"], found["max"] = (shown(ends[end].as_py()) for end in ("min", "max"))
    if drawn and len(sample) and (words or pa.types.is_boolean(kind)):
        most = compute.select_k_unstable(counts, k=FREQUENT, sort_keys=[("", "descending")])
        found["frequent"] = [
            {"value": shown(value), "count": count}
            for value, count in zip(
                counted.field("values").take(most).to_pylist(), counts.take(most).to_pylist()
            )
        ]
    elif drawn and len(sample):
        bins = histograms.bins(sample, shown)
        if bins:
            found["histogram"] = bins


def _estimated(distinct: int, once: int, sampled: int, rows: int) -> int:
    """Estimate how many values differ in all rows from those in a sample.

    The guaranteed-error estimator of Charikar and others (PODS 2000): what was seen once stands
    for as many as the root of the sample's share says. Where nothing was seen twice, all differ.
    """
    if once == sampled:
        return rows
    return min(rows, round(distinct - once + math.sqrt(rows / max(1, sampled)) * once))


def _sampled(column: Any, step: int) -> Any:
    """Take each step-th value, part by part, as one array of a plain type."""
    import pyarrow as pa

    if isinstance(column.type, pa.BaseExtensionType):
        kind = column.type.storage_type
        column = pa.chunked_array([chunk.storage for chunk in column.chunks], kind)
    parts, start = [], 0
    for chunk in column.chunks:
        first = -start % step
        start += len(chunk)
        if step > 1:
            chunk = chunk.take(pa.array(range(first, len(chunk), step), pa.int64()))
        if pa.types.is_dictionary(chunk.type):
            chunk = _viewed(chunk.dictionary).take(chunk.indices)
        parts.append(_viewed(chunk))
    return pa.concat_arrays(parts) if parts else pa.array([], column.type)


def _viewed(values: Any) -> Any:
    """Give texts and bytes in a form that all of Arrow's kernels know."""
    import pyarrow as pa

    plain = {pa.string_view(): pa.large_string(), pa.binary_view(): pa.large_binary()}
    return values.cast(plain[values.type]) if values.type in plain else values


def _prime(number: int) -> int:
    """Give the next prime: data that repeats itself rarely does so after a large one."""
    while any(number % part == 0 for part in range(2, math.isqrt(number) + 1)):
        number += 1
    return number


def shown(value: Any) -> Any:
    """Give a value as JSON holds it: what a page of rows shows, cut short."""
    if isinstance(value, float) and not math.isfinite(value):
        return None if math.isnan(value) else str(value)
    if isinstance(value, int) and abs(value) > 2**53:
        return str(value)
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat()
    if isinstance(value, (int, float, bool)) or value is None:
        return value
    text = str(value)
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]}…"
