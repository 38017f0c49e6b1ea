"""A chart block without a function of its own: variables, decorators or configuration alone."""

from __future__ import annotations

from typing import Any, Callable

from .. import decorators
from .drawing import Drawing, as_frame
from .settings import Settings

ROLES = ("data_source", "xy", "x", "y", "columns", "configuration", "render")
"""What a function of a chart's file may be marked as (mage-format §8)."""

MARKS: dict[str, Any] = {role: decorators.Decorator(role) for role in ROLES}
"""The decorators that only charts have, by their names."""


def drawn(module: Any, values: list[Any], block: dict[str, Any], call: Callable[..., Any]) -> Any:
    """Give the picture of a chart block whose file has run.

    Args:
        module: the file as a module.
        values: what the blocks above gave, in order.
        block: the planned block.
        call: calls a function of the file with the values.

    Returns:
        A Vega-Lite specification, or what a function marked ``@render`` gives.

    Raises:
        StatedError: when the configuration does not fit the data.
    """
    marked = {role: decorators.marked(vars(module), role, module.__name__)[:1] for role in ROLES}
    source = marked["data_source"]
    if source:
        values = [call(source[0], values)]
    given = dict(block.get("configuration") or {})
    for configure in marked["configuration"]:
        given = {**call(configure, values), **given}
    for render in marked["render"]:
        return call(render, values)
    variables = {name: value for name, value in vars(module).items() if name not in MARKS}
    for name in ("x", "y"):
        held = vars(module).get(name)
        if not callable(held) and held is not None:
            variables[name] = held
        for function in marked[name]:
            variables[name] = call(function, values)
            given.setdefault(name, name)
    for function in marked["xy"]:
        variables["x"], variables["y"] = call(function, values)
        given = {"x": "x", "y": "y", **given}
    settings = Settings(given, block["name"])
    frame = as_frame(values[0] if values else None, settings)
    columns = [name for function in marked["columns"] for name in call(function, values)]
    return Drawing(settings, frame[columns] if columns else frame, variables).drawn()
