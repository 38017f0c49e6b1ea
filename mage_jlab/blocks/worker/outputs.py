"""What a block's function returned, as results by name; and what a block by position receives."""

from __future__ import annotations

import types
from typing import Any

from .failures import StatedError


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
    if isinstance(returned, types.GeneratorType):
        returned = list(returned)
        if recorded is None:
            return {"output_0": returned}
    if recorded is None:
        if returned is None:
            return {}
        outputs = list(returned) if type(returned) in (list, tuple) else [returned]
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
