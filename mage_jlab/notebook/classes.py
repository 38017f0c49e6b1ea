"""What a class of the notebook keeps for all its instances, and how its methods are reached."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from mage_jlab.notebook.known import BOUND_CHANGING, CHANGING_METHODS

Definition = ast.FunctionDef | ast.AsyncFunctionDef
_STYLES = {
    "property": "property",
    "cached_property": "property",
    "classmethod": "class",
    "staticmethod": "static",
    "setter": "setter",
    "deleter": "setter",
}


def method_style(node: Definition) -> str:
    """Give how a method is reached, by its decorators; empty where it is called on an object."""
    for part in node.decorator_list:
        name = part.attr if isinstance(part, ast.Attribute) else getattr(part, "id", "")
        if name in _STYLES:
            return _STYLES[name]
    return ""


def keeps_state(node: ast.ClassDef) -> bool:
    """Say whether the methods of a class change what its instances share.

    That is an attribute of the class itself (``cls.n += 1``, ``type(self).n``), or one that its
    body binds to a list, a dict or the like and no method gives each instance anew.
    """
    methods = [one for one in node.body if isinstance(one, Definition)]
    apart = {
        part.attr
        for method in methods
        for part in ast.walk(method)
        if isinstance(part, ast.Attribute)
        and isinstance(part.ctx, ast.Store)
        and isinstance(part.value, ast.Name)
    }
    shared = {
        target.id
        for one in node.body
        if isinstance(one, ast.Assign)
        and isinstance(one.value, ast.List | ast.Dict | ast.Set | ast.Call | ast.ListComp)
        for target in one.targets
        if isinstance(target, ast.Name)
    } - apart
    for method in methods:
        first = method.args.args[0].arg if method.args.args else ""
        style = method_style(method)
        for owner, attribute in _changed(method):
            if owner == "class" or (owner == first and style == "class"):
                return True
            if owner == first and attribute in shared:
                return True
    return False


def _changed(method: Definition) -> Iterator[tuple[str, str]]:
    """Give the attributes that a method stores or changes in place, each with its owner."""
    for node in ast.walk(method):
        changed: ast.expr | None = None
        if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
            changed = node
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in BOUND_CHANGING | CHANGING_METHODS
        ):
            changed = node.func.value
        while isinstance(changed, ast.Subscript):
            changed = changed.value
        if isinstance(changed, ast.Attribute):
            owner = changed.value
            if isinstance(owner, ast.Name):
                yield owner.id, changed.attr
            elif _is_class_of(owner):
                yield "class", changed.attr


def _is_class_of(node: ast.expr) -> bool:
    """``type(self)``, or ``self.__class__``."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "type"
    return isinstance(node, ast.Attribute) and node.attr == "__class__"
