"""What people type: durations and moments, as callbacks of click's options."""

from __future__ import annotations

import re
from datetime import datetime

import click

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def read_duration(ctx: click.Context, param: click.Parameter, value: str | None) -> float | None:
    """Read ``90s``, ``15m``, ``6h`` or ``1d`` as seconds.

    Raises:
        click.BadParameter: when it is none of these.
    """
    if value is None:
        return None
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd])", value.strip())
    if not found:
        sentence = f"{value!r} is no duration; write it as 90s, 15m, 6h or 1d."
        raise click.BadParameter(sentence, ctx, param)
    return float(found[1]) * SECONDS[found[2]]


def read_moment(ctx: click.Context, param: click.Parameter, value: str | None) -> datetime | None:
    """Read a time in RFC 3339, with its zone.

    Raises:
        click.BadParameter: when it is none, or has no zone.
    """
    if value is None:
        return None
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        sentence = f"{value!r} is no time with a zone; write it as 2026-11-25T02:30:00+01:00."
        raise click.BadParameter(sentence, ctx, param)
    return found
