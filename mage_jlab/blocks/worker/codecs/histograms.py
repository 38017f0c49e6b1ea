"""Histograms of numbers and moments."""

from __future__ import annotations

import math
from typing import Any, Callable

MOST_BINS = 20


def bins(values: Any, shown: Callable[[Any], Any]) -> list[dict[str, Any]]:
    """Count values in equally wide bins; each holds its lower end, the last also its upper one.

    Args:
        values: an Arrow array without missing values.
        shown: makes JSON of an end of a bin.

    Returns:
        The bins, no more than ``MOST_BINS``; none when the values are no numbers or moments.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    compute: Any = pc
    kind = values.type
    whole = pa.types.is_integer(kind)
    if pa.types.is_temporal(kind):
        inner = pa.int32() if kind.bit_width == 32 else pa.int64()
        values, whole = values.cast(inner, safe=False), True
    elif pa.types.is_decimal(kind):
        values = values.cast(pa.float64(), safe=False)
    elif pa.types.is_floating(kind):
        values = values.cast(pa.float64())
        values = values.filter(compute.is_finite(values))
    elif not whole:
        return []
    if not len(values):
        return []
    ends = compute.min_max(values)
    low, high = ends["min"].as_py(), ends["max"].as_py()
    width = max(1, -(-(high - low) // MOST_BINS)) if whole else (high - low) / MOST_BINS
    if not math.isfinite(width):
        return []
    count = min(MOST_BINS, max(1, -(-(high - low) // width))) if whole else MOST_BINS
    if width == 0:
        width, count = 1.0, 1
    counts = [0] * int(count)
    distance = compute.subtract(values.cast(pa.float64(), safe=False), float(low))
    places = compute.floor(compute.divide(distance, float(width)))
    for pair in places.value_counts().to_pylist():
        # rounding may lead beyond an end
        counts[max(0, min(len(counts) - 1, int(pair["values"])))] += pair["counts"]
    edges = [low + width * at for at in range(len(counts))] + [high]
    if pa.types.is_temporal(kind):
        edges = pa.array(edges, values.type).cast(kind).to_pylist()
    return [
        {"from": shown(start), "to": shown(end), "count": number}
        for start, end, number in zip(edges, edges[1:], counts)
    ]
