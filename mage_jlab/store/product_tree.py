"""A stored JSON value by its parts, so that a large one is looked at without being sent."""

from __future__ import annotations

import json
import math
from itertools import islice
from pathlib import Path
from threading import Lock
from typing import Any

from mage_jlab.domain.attempt import StoredProduct
from mage_jlab.domain.errors import BadInputError, NotFoundError
from mage_jlab.domain.product import ProductType
from mage_jlab.domain.product_profile import TreeItem, TreePage
from mage_jlab.domain.word import Json
from mage_jlab.store.products import product_file
from mage_jlab.store.products_altered import noticed

LARGEST_TREE = 64 * 1024 * 1024
"""The largest JSON file that is looked into, in bytes: its values are held in memory."""

LONGEST_SHOWN = 200
"""A text is given up to this length, in characters."""

_TYPES = {dict: "object", list: "array", str: "text", bool: "boolean", type(None): "null"}


class _Newest:
    """The value that was looked at last: its parts are usually asked for one after another."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._key: tuple[str, int, str] | None = None
        self._value: Json = None

    def get(self, path: Path, stored: StoredProduct) -> Json:
        """Give the value of a file."""
        with self._lock:
            key = (str(path), path.stat().st_mtime_ns, stored.checksum)
            if key != self._key:
                self._key, self._value = None, None
                with noticed(path, stored):
                    self._value = json.loads(path.read_bytes())
                self._key = key
            return self._value


_NEWEST = _Newest()


def tree_page(
    root: Path, stored: StoredProduct, pointer: str = "", offset: int = 0, limit: int = 100
) -> TreePage:
    """Give the children of one part of a JSON value, without what is below them.

    Args:
        root: the project's products folder.
        stored: the product's manifest.
        pointer: the part as a JSON pointer (RFC 6901); empty for the whole.
        offset: the first child.
        limit: how many children at most.

    Raises:
        BadInputError: when the product is no JSON or too large to look into, or the pointer none.
        NotFoundError: when there is no such part, or ``product-lost``.
    """
    if stored.type is not ProductType.JSON or stored.codec is not None:
        raise BadInputError(f"{stored.name} is a {stored.type.value}: only JSON is a tree.")
    if stored.bytes > LARGEST_TREE:
        raise BadInputError(
            f"{stored.name} has {stored.bytes:,} bytes; JSON is looked into up to "
            f"{LARGEST_TREE:,}: download it.",
            "too-large",
        )
    if stored.inline is not None:
        value = json.loads(stored.inline)
    else:
        value = _NEWEST.get(product_file(root, stored), stored)
    part = _part(value, pointer, stored.name)
    children: Any = ()
    if isinstance(part, dict):
        children = part.items()
    elif isinstance(part, list):
        children = enumerate(part)
    items = [
        _item(key, f"{pointer}/{_escaped(key)}", child)
        for key, child in islice(children, offset, offset + limit)
    ]
    total = len(part) if isinstance(part, dict | list) else 0
    return TreePage(path=pointer, type=_type(part), offset=offset, total=total, items=items)


def _part(value: Json, pointer: str, name: str) -> Json:
    if pointer and not pointer.startswith("/"):
        raise BadInputError(f"{pointer!r} is no JSON pointer: it starts with a slash.")
    for step in pointer.split("/")[1:]:
        key = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict) and key in value:
            value = value[key]
        elif (
            isinstance(value, list)
            and key.isascii()
            and key.isdigit()
            and len(key) < 16
            and int(key) < len(value)
        ):
            value = value[int(key)]
        else:
            raise NotFoundError(f"{name} has nothing at {pointer}.", "no-part")
    return value


def _item(key: str | int, path: str, value: Json) -> TreeItem:
    kind = _type(value)
    if isinstance(value, dict | list):
        return TreeItem(key=key, path=path, type=kind, size=len(value))
    if isinstance(value, str):
        shown = value if len(value) <= LONGEST_SHOWN else f"{value[:LONGEST_SHOWN]}…"
        return TreeItem(key=key, path=path, type=kind, size=len(value), value=shown)
    if isinstance(value, int) and abs(value) > 2**53:
        return TreeItem(key=key, path=path, type=kind, value=str(value)[: LONGEST_SHOWN + 1])
    if isinstance(value, float) and not math.isfinite(value):
        value = str(value)
    return TreeItem(key=key, path=path, type=kind, value=value)


def _type(value: Json) -> str:
    return _TYPES.get(type(value), "number")


def _escaped(key: str | int) -> str:
    return str(key).replace("~", "~0").replace("/", "~1")
