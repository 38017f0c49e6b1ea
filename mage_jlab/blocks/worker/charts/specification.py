"""Vega-Lite v5 specifications with their data in them."""

from __future__ import annotations

import math
from typing import Any

SCHEMA = "https://vega.github.io/schema/vega-lite/v5.json"


def specification(
    mark: str | dict[str, Any],
    rows: list[dict[str, Any]],
    encoding: dict[str, Any],
    title: str | None = None,
) -> dict[str, Any]:
    """Give a specification.

    Args:
        mark: the kind of mark, with its options.
        rows: what it draws, at most a few thousand.
        encoding: which field is drawn how.
        title: what stands above it, or None.
    """
    made: dict[str, Any] = {
        "$schema": SCHEMA,
        "width": "container",
        "mark": {"tooltip": True, **({"type": mark} if isinstance(mark, str) else mark)},
        "data": {"values": [{k: plain(v) for k, v in row.items()} for row in rows]},
        "encoding": encoding,
    }
    return {**made, "title": title} if title else made


def field(name: str, kind: str, title: str | None = None, **options: Any) -> dict[str, Any]:
    """Give the encoding of one field; dots and brackets in its name are no paths."""
    escaped = name.replace("\\", "\\\\")
    for sign in ".[]'\"":
        escaped = escaped.replace(sign, f"\\{sign}")
    return {"field": escaped, "type": kind, "title": name if title is None else title, **options}


def plain(value: Any) -> Any:
    """Give a value as JSON has it: moments as ISO texts, what is no number as null."""
    if hasattr(value, "item"):
        value = value.item()
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value != value:
        return None
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
