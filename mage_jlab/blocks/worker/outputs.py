"""What a block's function returned, as results by name; and what a block by position receives."""

from __future__ import annotations

import asyncio
import inspect
import os
import types
from typing import Any

from .failures import StatedError

MOST_YIELDED = 1_000_000
"""How many values of a generator are kept."""

MOST_OUTPUTS = 100
"""A longer list is one output."""

MOST_MEMORY = 4 * 1024**3
"""How much memory a generator's values may take, in bytes."""


class Unrolled(list[Any]):
    """What a generator gave: one output, where a list would be several."""


def unrolled(returned: Any, name: str) -> Any:
    """Give what a generator yields as a list, and all else as it is.

    Args:
        returned: what a block's function returned.
        name: the block's name.

    Raises:
        StatedError: when it does not end within what may be kept.
    """
    if inspect.isasyncgen(returned):
        return asyncio.run(_gather(returned, name))
    if not isinstance(returned, types.GeneratorType):
        return returned
    values = Unrolled()
    bound = _Bound(name)
    for value in returned:
        values.append(value)
        bound.check(len(values))
    return values


async def _gather(returned: Any, name: str) -> Any:
    values = Unrolled()
    bound = _Bound(name)
    async for value in returned:
        values.append(value)
        bound.check(len(values))
    return values


class _Bound:
    """Stops a generator that never ends before it takes the machine with it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._before = _resident()

    def check(self, count: int) -> None:
        if count > MOST_YIELDED:
            raise StatedError(
                "EndlessGenerator",
                f"{self._name} yielded more than {MOST_YIELDED:,} values and did not end: let it "
                "end, or return batches.",
            )
        if count % 256 == 0 and _resident() - self._before > MOST_MEMORY:
            raise StatedError(
                "EndlessGenerator",
                f"{self._name} yielded more than {MOST_MEMORY // 1024**3} GB in {count:,} values "
                "and did not end: let it end, or write to a file as it goes.",
            )


def _resident() -> int:
    """Give the memory that this process holds, in bytes; 0 where the system does not say."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def results(returned: Any, block: dict[str, Any]) -> dict[str, Any]:
    """Split a return value into results.

    Args:
        returned: what the function gave.
        block: the planned block. Without recorded results a list or tuple is a list of outputs and
            None is no output; several, or one that is bound on some paths only, come as a dict.

    Raises:
        StatedError: when it should give a dict by name and gave something else.
    """
    recorded = block.get("results")
    if type(returned) is Unrolled:
        returned = list(returned)
        if recorded is None:
            return {"output_0": returned}
    if recorded is None:
        if returned is None:
            return {}
        outputs = list(returned) if type(returned) in (list, tuple) else [returned]
        if len(outputs) > MOST_OUTPUTS:
            # the block below receives the same list; nobody looks at so many outputs one by one
            outputs = [outputs]
        return {f"output_{place}": value for place, value in enumerate(outputs)}
    if not recorded:
        return {}
    if len(recorded) == 1 and not block.get("optional"):
        return {recorded[0]: returned}
    if not isinstance(returned, dict) or not set(returned) <= set(recorded):
        raise StatedError(
            "WrongResults",
            f"{block['name']} should return a dict with its results {', '.join(recorded)}, "
            f"and returned {_shape(returned)}.",
        )
    return {name: returned[name] for name in recorded if name in returned}


def as_argument(outputs: list[Any]) -> Any:
    """Give what a block by position receives from one above: nothing is ``[]``, one is itself."""
    return outputs[0] if len(outputs) == 1 else outputs


def _shape(value: Any) -> str:
    if isinstance(value, dict):
        return f"a dict with {', '.join(map(repr, value)) or 'nothing in it'}"
    return f"a {type(value).__name__}"
