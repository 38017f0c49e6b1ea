"""Why a result cannot be stored, said with its name and type."""

from __future__ import annotations

from typing import Any

from ..failures import StatedError
from . import pickles


def need(package: str, name: str, value: Any) -> None:
    """Make sure of a package that a value is stored with.

    Raises:
        StatedError: when it is missing.
    """
    try:
        __import__(package)
    except ImportError:
        raise StatedError(
            "MissingPackage",
            f"The result {name} ({type_name(value)}) cannot be stored: {pickles.missing(package)}",
        ) from None


def type_name(value: Any) -> str:
    """Give the name of a value's type, with the module that people know it by."""
    kind = type(value)
    module = kind.__module__
    if module == "builtins" or module.startswith("mage_jlab_block_"):
        return kind.__qualname__
    return f"{module.split('.')[0] if module.startswith('pandas.') else module}.{kind.__qualname__}"


def try_alone(name: str, value: Any) -> None:
    """Make sure that a value can be pickled.

    Raises:
        StatedError: when it cannot.
    """
    try:
        pickles.dump({name: value})
    except StatedError:
        raise
    except Exception as error:
        raise cannot(name, value, error) from error


def cannot(name: str, value: Any, error: BaseException) -> StatedError:
    """Give the failure of a result that cannot be stored."""
    return StatedError(
        "CannotStore",
        f"The result {name} is a {type_name(value)}, which cannot be stored "
        f"({type(error).__name__}: {error}). Give the blocks below data instead, "
        "or make it in the block that needs it.",
    )
