"""Several numpy arrays in one file that is mapped, not read.

A line of JSON says what they are; each array begins at a multiple of 64 bytes after it.
"""

from __future__ import annotations

import json
from typing import Any

ALIGNED = 64
"""Where an array may begin, in bytes: what processors read fastest."""


def write_parts(file: Any, head: dict[str, Any], arrays: dict[str, Any]) -> None:
    """Write arrays by name.

    Args:
        file: open for writing, from start to end.
        head: what else is known of them, as JSON.
        arrays: numpy arrays without objects and without fields.
    """
    import numpy as np

    parts, at = [], 0
    for name, array in arrays.items():
        shape = list(array.shape)
        parts.append({"name": name, "dtype": array.dtype.str, "shape": shape, "at": at})
        at += _padded(array.nbytes)
    text = json.dumps({**head, "parts": parts}).encode()
    file.write(text + b" " * (_padded(len(text) + 1) - len(text) - 1) + b"\n")
    for array in arrays.values():
        if array.size:
            file.write(np.ascontiguousarray(array).reshape(-1).view("u1"))
            file.write(b"\0" * (_padded(array.nbytes) - array.nbytes))


def read_parts(file: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Give the head and the arrays; they are mapped, and a change of them is private.

    Args:
        file: open for reading bytes.
    """
    import numpy as np

    head = json.loads(file.readline())
    start = file.tell()
    arrays = {}
    for part in head["parts"]:
        dtype, shape = np.dtype(part["dtype"]), tuple(part["shape"])
        if 0 in shape or not dtype.itemsize:
            arrays[part["name"]] = np.empty(shape, dtype)
            continue
        mapped = np.memmap(file, dtype, "c", start + part["at"], shape)
        arrays[part["name"]] = mapped.view(np.ndarray)
    return head, arrays


def _padded(size: int) -> int:
    return -(-size // ALIGNED) * ALIGNED
