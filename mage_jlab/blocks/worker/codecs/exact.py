"""Which values JSON keeps exactly, and when two values are the same down to their types."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

DEEPEST = 100
"""How deep a value may be nested to be kept as JSON."""


def json_keeps(value: Any, seen: set[int] | None = None, depth: int = 0) -> bool:
    """Say whether a value comes back from JSON as it was.

    Tuples, sets, NaN, keys that are no text, and subclasses do not; neither does a list or dict
    that is met twice, since what is shared would come back as two.

    Args:
        value: any value.
        seen: ids of the lists and dicts met so far, also of other values.
        depth: how deep this value lies.
    """
    kind = type(value)
    if value is None or kind is bool or kind is str:
        return True
    if kind is int:
        return bool(-(10**300) < value < 10**300)
    if kind is float:
        return math.isfinite(value)
    if kind is not list and kind is not dict:
        return False
    seen = set() if seen is None else seen
    if id(value) in seen or depth > DEEPEST:
        return False
    seen.add(id(value))
    if kind is list:
        return all(json_keeps(item, seen, depth + 1) for item in value)
    return all(
        type(key) is str and json_keeps(item, seen, depth + 1) for key, item in value.items()
    )


def npy_keeps(dtype: Any) -> bool:
    """Say whether numpy's own file format brings an array's type back as it was."""
    if dtype.names is None:
        return not dtype.hasobject and dtype.kind != "T" and not dtype.metadata
    import numpy as np

    try:
        again = np.lib.format.descr_to_dtype(np.lib.format.dtype_to_descr(dtype))
    except ValueError:
        # fields that overlap or stand in another order than in memory
        return False
    plain = dtype.type is np.void and not dtype.hasobject
    return bool(plain and again == dtype and again.isalignedstruct == dtype.isalignedstruct)


def same(one: Any, other: Any) -> bool:
    """Say whether two plain values are equal with equal types, all the way down."""
    kind = type(one)
    if kind is not type(other):
        return False
    if kind is float:
        if math.isnan(one) or math.isnan(other):
            return math.isnan(one) and math.isnan(other)
        return bool(one == other) and math.copysign(1, one) == math.copysign(1, other)
    if kind is list:
        return len(one) == len(other) and all(map(same, one, other))
    if kind is dict:
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if kind is dt.datetime and one.tzinfo is not None:
        return bool(one == other) and one.tzinfo == other.tzinfo and one.fold == other.fold
    plain = (str, int, bool, bytes, type(None), dt.datetime, dt.date, dt.time)
    if kind in plain or kind is dt.timedelta:
        return bool(one == other)
    return kind.__name__ == "Decimal" and str(one) == str(other)
