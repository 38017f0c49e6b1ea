"""What is known of libraries: which calls change their arguments, which give fresh values.

The names stand in ``known.toml`` beside this file.
"""

from __future__ import annotations

import builtins
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

_TABLE: dict[str, Any] = tomllib.loads(
    Path(__file__).with_name("known.toml").read_text(encoding="utf-8")
)


def names(section: str) -> frozenset[str]:
    """Give the names of one section of ``known.toml``."""
    return frozenset(_TABLE[section].split())


BUILTINS = frozenset(dir(builtins))
STAR_BUILTINS = names("star_builtins")
"""The builtins that a star import of NumPy, PySpark, SymPy, math or os binds anew."""
STAR_VALUES = names("star_values")
"""Other short and common names that such a star import binds."""

PURE_ROOTS = frozenset(sys.stdlib_module_names) | names("pure_roots")
CHANGES_FIRST = names("changes_first")
CHANGING_METHODS = names("changing_methods")
CHANGING_IF_DISCARDED = frozenset({"add"})
"""Methods that change a set when their value is thrown away; frames have a pure one so named."""
PANDAS_CHANGING = names("frame_changing")
"""The methods of frames and series that change them without ``inplace=True``."""
DEEP_CHANGING = frozenset(
    {
        "fit",
        "fit_predict",
        "fit_resample",
        "fit_transform",
        "partial_fit",
        "step",
        "train",
    }
)
"""Methods that change what they are called on, and keep nothing of their arguments."""
LAZY_METHODS = frozenset({"groupby", "rolling", "resample", "expanding", "ewm"})
"""Methods of frames whose value looks at the frame when it is asked for something."""
PROTOCOLS = {
    "any": "__iter__",
    "all": "__iter__",
    "len": "__len__",
    "next": "__next__",
    "bool": "__bool__",
    "hash": "__hash__",
    "abs": "__abs__",
}
"""Builtins, with the method of their argument that they call."""
QUIET_METHODS = names("quiet_methods")
SAME_METHODS = names("same_methods")
FRESH_METHODS = names("fresh_methods")
KNOWN_METHODS = QUIET_METHODS | FRESH_METHODS | CHANGING_METHODS
ALIAS_FUNCTIONS = names("alias_functions")
SHALLOW_FUNCTIONS = names("shallow_functions")
PICKING_FUNCTIONS = names("picking_functions")
SETTING_CALLS = names("setting_calls")
CONSTANTS = names("constants")
MODULE_CHANGING = names("module_changing")
RESTORING = names("restoring")
LOGGING_SETTINGS = frozenset({"setLevel", "addHandler", "removeHandler", "addFilter"})
PYPLOT_NEW = names("pyplot_new")
PYPLOT_USES = names("pyplot_uses")
PYPLOT_FINISHES = names("pyplot_finishes")
PYPLOT_NEUTRAL = names("pyplot_neutral")
DRAWING = re.compile("|".join(map(re.escape, sorted(names("drawing_words")))), re.IGNORECASE)
"""Finds in a function's name that it draws."""
ESTIMATORS = frozenset({"catboost", "imblearn", "lightgbm", "sklearn", "xgboost"})
"""Libraries whose ``fit`` gives the object that it is called on."""
DRAWING_ESTIMATORS = names("drawing_estimators")

_BINARY = names("binary_ufuncs")
_UNARY = names("unary_ufuncs")
BOUND_CHANGING = names("bound_changing")
DECORATORS = names("decorators")

CANNOT_TRAVEL = {
    "iterator": "an iterator, which is used up where it is read",
    "generator": "a generator, which is used up where it is read",
    "file": "an open file",
    "connection": "a connection",
    "lock": "a lock, a thread or a pool",
    "patsy": "an object of patsy, which refuses to be stored",
    "formula": "a model that evaluates its formula again where it is loaded, and the formula calls "
    "a function of the notebook",
}
"""Kinds of values that cannot pass from one process to another, in words."""

_KINDS: list[tuple[str, str]] = [
    (name, kind) for kind, text in _TABLE["kinds"].items() for name in text.split()
]
_EXACT = {name: kind for name, kind in _KINDS if not name.endswith("*")}
_PREFIXES = [(name[:-1], kind) for name, kind in _KINDS if name.endswith("*")]


def operator_method(operator: object) -> str:
    """Give the method that an operator calls on its left side: ``__add__``."""
    name = type(operator).__name__.lower()
    names = {"bitor": "or", "bitand": "and", "bitxor": "xor", "mult": "mul", "div": "truediv"}
    return f"__{names.get(name, name)}__"


_LOOKING = names("looking_words")
_CHANGING = names("changing_words")
_PICKING = names("picking_words")
_FIRST_WORD = re.compile(r"_*([A-Z]?[a-z0-9]+|[A-Z]+(?![a-z]))")


def _verb(name: str) -> str:
    found = _FIRST_WORD.match(name)
    return found.group(1).lower() if found else name


def only_looks(name: str, *, shown: bool) -> bool:
    """Say whether an unknown function or method, called for itself, is taken to change nothing.

    Args:
        name: its bare name.
        shown: whether its value is the last in the cell, so that the notebook displays it. Who
            calls for a change, rarely does so for the value as well.
    """
    verb = _verb(name)
    if verb in _LOOKING or name in QUIET_METHODS or "plot" in name.lower():
        return True
    return shown and verb not in _CHANGING


def gives_part(name: str) -> bool:
    """Say whether an unknown method may give a part of its object, or the object itself."""
    return name in SAME_METHODS or _verb(name) in _PICKING


def changes_by_name(name: str) -> bool:
    """Say whether a name says that its function works in place, as PyTorch's ``add_`` does."""
    return name.endswith("_") and not name.startswith("_") and not name.endswith("__")


def changes_first(dotted: str) -> bool:
    """Say whether a function is a changing method taken from its class, or works in place."""
    owner, _, last = dotted.rpartition(".")
    name = owner.rpartition(".")[2]
    is_class = name == "ndarray" or (name[:1].isupper() and not name.isupper())
    if is_class and (last in CHANGING_METHODS or last in CHANGING_IF_DISCARDED):
        return True
    return changes_by_name(last) or (last == "at" and owner.startswith("numpy."))


def out_position(dotted: str) -> int | None:
    """Give the position of the argument that a ufunc of NumPy writes its value to."""
    last = dotted.removeprefix("numpy.")
    if last == dotted:
        return None
    return 2 if last in _BINARY else 1 if last in _UNARY else None


def kind_of(dotted: str) -> str:
    """Give the kind of value that calling a library's function gives, ``unknown`` by default."""
    if dotted in _EXACT:
        return _EXACT[dotted]
    return next((kind for prefix, kind in _PREFIXES if dotted.startswith(prefix)), "unknown")
