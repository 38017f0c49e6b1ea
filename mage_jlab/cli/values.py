"""What people type: durations, runs, triggers."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from mage_jlab.domain.errors import BadInputError, NotFoundError

if TYPE_CHECKING:
    from mage_jlab.domain.trigger import Trigger

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


class Duration(click.ParamType):
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


def find_trigger(triggers: Iterable[Trigger], ref: str) -> Trigger:
    """Find a trigger by its id, ``pipeline/name``, or a name that only one has.

    Raises:
        NotFoundError: when there is none.
        BadInputError: when several have the name.
    """
    known = list(triggers)
    for trigger in known:
        if ref in (trigger.id, f"{trigger.pipeline}/{trigger.name}"):
            return trigger
    named = [trigger for trigger in known if trigger.name == ref]
    if not named:
        raise NotFoundError(f"There is no trigger {ref}. `jupyter mage trigger list` names them.")
    if len(named) > 1:
        choices = ", ".join(f"{trigger.pipeline}/{trigger.name}" for trigger in named)
        raise BadInputError(f"Several triggers are called {ref}: {choices}. Say which.")
    return named[0]
