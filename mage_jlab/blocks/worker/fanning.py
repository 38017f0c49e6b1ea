"""Fan-out in a block's process: what a dynamic block returned, and the value of one item."""

from __future__ import annotations

import copy
import sys
from typing import Any

from .failures import StatedError

MOST_ITEMS = 100_000
"""How many values a block may fan out to (the engine's bound, said where the block returns)."""


def fanned_out(returned: Any, block: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Split what a dynamic block without recorded results returned.

    Mage AI's form is ``[values]`` or ``[values, metadata]``: two lists, the second of dicts. A
    list without any list in it, and a frame, are the values themselves.

    Args:
        returned: what the function gave; generators are lists by now.
        block: the planned block.

    Returns:
        The results to store, and how many values there are with their names.

    Raises:
        StatedError: when it is no list, or too long, or the metadata does not fit.
    """
    name = block["name"]
    values, metadata = returned, None
    if type(returned) in (list, tuple):
        inner = [_length(item) is not None and type(item) is not str for item in returned]
        if len(returned) == 1 and inner[0]:
            values = returned[0]
        elif len(returned) == 2 and all(inner):
            values, metadata = returned
        elif any(type(item) in (list, tuple) for item in returned):
            raise StatedError(
                "WrongFanOut",
                f"{name} is dynamic and returned {len(returned)} lists or values: return [values], "
                "or [values, metadata] with a dict for each value.",
            )
    count = counted(values, name)
    given = {"output_0": list(values) if type(values) is tuple else values}
    names = None
    if metadata is not None:
        names = _names(metadata, count, name)
        given["output_1"] = list(metadata)
    return given, {"count": count, "names": names}


def counted(values: Any, name: str) -> int:
    """Give the number of values that a dynamic block fans out to.

    Args:
        values: what it fans out.
        name: the block's name.

    Raises:
        StatedError: when this is nothing with an order, or too much of it.
    """
    length = _length(values)
    if length is None:
        raise StatedError(
            "WrongFanOut",
            f"{name} is dynamic and returned {_kind(values)}: a dynamic block returns a list (or a "
            "frame), and the blocks below it run once for each value.",
        )
    if length > MOST_ITEMS:
        raise StatedError(
            "TooManyItems",
            f"{name} returned {length:,} values to fan out to, and {MOST_ITEMS:,} are the most: "
            "return fewer, each of them a batch of what there is to do.",
        )
    return length


def picked(values: Any, place: int) -> Any:
    """Give one value of those that a dynamic block returned, as the item's own.

    Args:
        values: all of them.
        place: which one, from 0.
    """
    module = type(values).__module__.split(".")[0]
    if module == "pandas":
        return copy.deepcopy(values.iloc[place])
    if module == "polars" and hasattr(values, "row"):
        return values.row(place, named=True)
    if module == "pyarrow":
        return values.slice(place, 1).to_pylist()[0]
    return copy.deepcopy(values[place])


def _length(values: Any) -> int | None:
    """Give the length of a list, a frame, a column or an array; None for all else."""
    kind = type(values)
    if kind in (list, tuple, range):
        return len(values)
    module = sys.modules.get(kind.__module__.split(".")[0])
    table = kind.__name__ in ("DataFrame", "Series", "Table", "ndarray")
    if module is None or not table or not hasattr(values, "shape"):
        return None
    return int(values.shape[0]) if values.shape else None


def _names(metadata: Any, count: int, name: str) -> list[str | None]:
    if type(metadata) not in (list, tuple) or not all(type(one) is dict for one in metadata):
        raise StatedError(
            "WrongFanOut",
            f"{name} is dynamic, and its metadata is no list of dicts: return [values] alone, or a "
            "dict for each value.",
        )
    if len(metadata) > count:
        raise StatedError(
            "WrongFanOut",
            f"{name} returned {count:,} values and metadata for {len(metadata):,}: give one dict "
            "for each value.",
        )
    if any("upstream_blocks" in one for one in metadata):
        raise StatedError(
            "WrongFanOut",
            f"{name} gives upstream_blocks in its metadata: write the blocks that its items wait "
            "for into the pipeline instead.",
        )
    names = [str(one["block_uuid"]) if one.get("block_uuid") else None for one in metadata]
    return names + [None] * (count - len(names))


def _kind(values: Any) -> str:
    return "nothing" if values is None else f"a {type(values).__name__}"
