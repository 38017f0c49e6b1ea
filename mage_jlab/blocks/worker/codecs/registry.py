"""Codecs of types that have no form of their own here: scipy's, numpy's, and other packages'.

A package registers codecs in the entry point group ``mage_jlab.codecs``. They are looked up when
a value of an unknown type is to be stored or loaded for the first time, and not before.
"""

from __future__ import annotations

import functools
import sys
import warnings
from typing import Any

from .masked import MaskedCodec
from .sparse import SparseCodec

GROUP = "mage_jlab.codecs"

FORMS = ("frame", "series", "array", "json", "text", "bytes", "figure", "model", "object")
"""What a codec may say that its values are."""

FILE = "value.codec"
"""The file of a product that a codec wrote."""

MAPPED = {"sparse": SparseCodec(), "masked": MaskedCodec()}
"""The codecs of this package, whose files are mapped, not read."""

_BY_PACKAGE: dict[str, Any] = {"scipy": MAPPED["sparse"], "numpy": MAPPED["masked"]}

_WANTED = ("name", "form", "handles", "write", "read")


def codec_for(value: Any) -> Any:
    """Give the codec that keeps a value, or None when there is none.

    Args:
        value: one that has no form of its own.
    """
    package = type(value).__module__.split(".")[0]
    own = _BY_PACKAGE.get(package)
    if own is not None and package in sys.modules and own.handles(value):
        return own
    if package in ("builtins", "datetime", "decimal", "collections", "numpy", "pandas"):
        return None
    return next((codec for codec in registered() if _handles(codec, value)), None)


def codec_named(name: str) -> Any:
    """Give the codec of a name, or None when it is not installed here."""
    own: Any = MAPPED.get(name)
    return own or next((codec for codec in registered() if codec.name == name), None)


@functools.lru_cache(maxsize=1)
def registered() -> tuple[Any, ...]:
    """Give the codecs of other packages; one that cannot be used is warned of and passed over."""
    from importlib import metadata

    found: Any = metadata.entry_points()
    # before Python 3.10 they are a dict by group
    points = found.select(group=GROUP) if hasattr(found, "select") else found.get(GROUP, ())
    return tuple(codec for codec in map(_loaded, points) if codec is not None)


def _loaded(point: Any) -> Any:
    try:
        codec = point.load()
        codec = codec() if isinstance(codec, type) else codec
        _check(codec)
    except Exception as error:
        warnings.warn(
            f"The codec {point.name} ({point.value}) was passed over: "
            f"{type(error).__name__}: {error}",
            stacklevel=2,
        )
        return None
    return codec


def _check(codec: Any) -> None:
    lacking = [word for word in _WANTED if not hasattr(codec, word)]
    if lacking:
        raise TypeError(f"it has no {', '.join(lacking)}")
    if codec.form not in FORMS:
        raise TypeError(f"its form is {codec.form!r}, which is none of {', '.join(FORMS)}")


def _handles(codec: Any, value: Any) -> bool:
    try:
        return bool(codec.handles(value))
    except Exception as error:
        warnings.warn(
            f"The codec {codec.name} was passed over: asked whether it handles a "
            f"{type(value).__name__}, it raised {type(error).__name__}: {error}",
            stacklevel=2,
        )
        return False
