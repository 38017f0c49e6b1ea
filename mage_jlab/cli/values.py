"""What people type: durations and moments."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import click

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class Duration(click.ParamType[float]):
    """A duration as ``90s``, ``15m``, ``6h`` or ``1d``; its value is in seconds."""

    name = "D"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read the text as seconds."""
        if isinstance(value, int | float):
            return float(value)
        found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd])", str(value).strip())
        if not found:
            self.fail(f"{value!r} is no duration; write it as 90s, 15m, 6h or 1d.", param, ctx)
        return float(found[1]) * SECONDS[found[2]]


class Moment(click.ParamType[datetime]):
    """A time in RFC 3339, with its zone."""

    name = "TIME"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Read the text as an aware time."""
        if isinstance(value, datetime):
            return value
        try:
            found = datetime.fromisoformat(str(value))
        except ValueError:
            found = None
        if found is None or found.tzinfo is None:
            example = "2026-11-25T02:30:00+01:00"
            self.fail(f"{value!r} is no time with a zone; write it as {example}.", param, ctx)
        return found
