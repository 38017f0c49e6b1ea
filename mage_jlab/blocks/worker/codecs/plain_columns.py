"""Columns of numpy's types as Arrow arrays: numbers, times, truth values and objects."""

from __future__ import annotations

from typing import Any

from .exact import DEEPEST, same

_ZERO_COPY_KINDS = "iufMm"


def plain(values: Any) -> tuple[Any, dict[str, Any]] | None:
    """Give a numpy array as Arrow's, and its description; None when its bits do not come back."""
    import numpy as np
    import pyarrow as pa

    dtype = values.dtype
    if dtype.kind == "b":
        return pa.array(values), {"how": "bool"}
    if dtype.kind not in _ZERO_COPY_KINDS or not dtype.isnative or dtype.itemsize > 8:
        return None
    values = np.ascontiguousarray(values)
    # nulls for other readers; the numbers below them (NaN, NaT) stay and are what we read back
    array = pa.array(values, from_pandas=True)
    back = numbers(pa.chunked_array([array]), {"dtype": dtype.str})
    width = f"u{dtype.itemsize}"
    if not np.array_equal(back.view(width), values.view(width)):
        return None
    return array, {"how": "numbers", "dtype": dtype.str}


def numbers(column: Any, spec: dict[str, Any]) -> Any:
    """Rebuild numbers or times, from the Arrow buffer itself where it is one."""
    import numpy as np

    dtype = np.dtype(spec["dtype"])
    parts = [
        np.frombuffer(chunk.buffers()[1], dtype, len(chunk), chunk.offset * dtype.itemsize)
        for chunk in column.chunks
        if len(chunk)
    ]
    if not parts:
        return np.empty(0, dtype)
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def truth_values(column: Any, _: dict[str, Any]) -> Any:
    """Rebuild an array of truth values."""
    import numpy as np

    return np.asarray(column.to_numpy(zero_copy_only=False), dtype=bool)


def objects(values: list[Any]) -> tuple[Any, dict[str, Any]] | None:
    """Give Python's objects as Arrow's, and their description; None when others come back."""
    import pyarrow as pa

    if any(map(_is_deep, values)):
        return None
    array = pa.array(values, from_pandas=False)
    if not all(map(same, array.to_pylist(), values)):
        return None
    return array, {"how": "objects"}


def _is_deep(value: Any, depth: int = 0) -> bool:
    """Say whether a value is nested deeply or holds itself: Arrow follows it until it crashes."""
    if not isinstance(value, (list, tuple, dict)):
        return False
    inside = value.values() if isinstance(value, dict) else value
    return depth > DEEPEST or any(_is_deep(item, depth + 1) for item in inside)


def rebuilt_objects(column: Any, _: dict[str, Any]) -> Any:
    """Rebuild what ``objects`` gave."""
    import numpy as np

    return np.fromiter(column.to_pylist(), dtype=object, count=len(column))
