"""Values of data as JSON can hold them, for people to look at."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from mage_jlab.domain.word import Json

LARGEST_INTEGER = 2**53
"""Beyond it a browser's numbers are not exact: such integers are given as text."""

LONGEST_TEXT = 10_000
"""A longer text is cut, in characters."""

SHOWN_BYTES = 32


def json_value(value: Any) -> Json:
    """Turn one value of a frame or array into JSON.

    Missing values (None, NaN, NaT) become null, moments ISO 8601, integers beyond 2^53 text, bytes
    a short text; infinities, decimals and whatever else is left become their text.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return value if len(value) <= LONGEST_TEXT else f"{value[:LONGEST_TEXT]}…"
    if isinstance(value, int):
        return value if abs(value) <= LARGEST_INTEGER else str(value)
    if isinstance(value, float):
        if math.isnan(value):
            return None
        return value if math.isfinite(value) else str(value)
    if isinstance(value, dt.datetime | dt.date | dt.time):
        text = value.isoformat()
        return None if text == "NaT" else text
    if isinstance(value, bytes):
        shown = repr(value[:SHOWN_BYTES])[1:]
        return shown if len(value) <= SHOWN_BYTES else f"{shown}… ({len(value):,} bytes)"
    if isinstance(value, dict):
        return {str(key): json_value(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [json_value(item) for item in value]
    return str(value)
