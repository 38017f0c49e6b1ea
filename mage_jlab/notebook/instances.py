"""Objects of the notebook's own classes: what a method changes is read in its class."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace

from mage_jlab.notebook.values import Called, Value

_INSTANCE = "instance of "


def instance_kind(function: Called) -> str:
    """Give the kind of the value that calling a class gives."""
    return _INSTANCE + function.name


def class_name(kind: str) -> str | None:
    """Give the name of the class that a kind says a value is an instance of."""
    return kind.removeprefix(_INSTANCE) if kind.startswith(_INSTANCE) else None


def methods_of(node: ast.ClassDef, values: Mapping[str, Value]) -> tuple[tuple[str, Called], ...]:
    """Give what is known of a class's methods.

    A method that calls another one of its own object does what that one does.
    """
    found: dict[str, Called] = {}
    calls: dict[str, set[str]] = {}
    for part in node.body:
        if not isinstance(part, ast.FunctionDef) or _is_static(part) or part.name not in values:
            continue
        function = values[part.name].function
        if function is not None and function.parameters:
            found[part.name] = function
            calls[part.name] = _own_calls(part, function.parameters[0])
    for _ in found:
        for name in found:
            for other in calls[name] & found.keys():
                found[name] = _with(found[name], found[other])
    return tuple(found.items())


def _is_static(method: ast.FunctionDef) -> bool:
    return any(
        isinstance(one, ast.Name) and one.id == "staticmethod" for one in method.decorator_list
    )


def _own_calls(method: ast.FunctionDef, me: str) -> set[str]:
    return {
        call.func.attr
        for call in ast.walk(method)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and isinstance(call.func.value, ast.Name)
        and call.func.value.id == me
    }


def _with(caller: Called, called: Called) -> Called:
    me, other = caller.parameters[0], called.parameters[0]
    mine = frozenset({me})
    return replace(
        caller,
        changes_parameters=caller.changes_parameters
        | (mine if other in called.changes_parameters else frozenset()),
        changes_inside=caller.changes_inside
        | (mine if other in called.changes_inside else frozenset()),
        draws=caller.draws | called.draws,
    )
