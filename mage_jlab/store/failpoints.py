"""Points of the engine at which a test can really kill it, or freeze it.

A point is armed by a file of its name in the folder that ``MAGE_JLAB_FAILPOINTS`` names; what the
file holds is the signal (``SIGKILL`` or ``SIGSTOP``). It strikes once: the file is taken away
first, so that the process that is started next goes on. Without the variable a point costs one
comparison.
"""

from __future__ import annotations

import os
import signal
from enum import StrEnum
from pathlib import Path

FOLDER = "MAGE_JLAB_FAILPOINTS"
_armed = os.environ.get(FOLDER)


class Point(StrEnum):
    """A place between two steps of the ledger's protocol."""

    FIRE_WRITTEN = "fire-written"
    """A schedule's run is written and not committed."""
    FIRED = "fired"
    """A schedule's run is committed, and nothing of it was claimed."""
    RUN_CREATED = "run-created"
    """A run made by hand is committed, and its maker was not answered."""
    CLAIM_WRITTEN = "claim-written"
    """A claim is written and not committed."""
    CLAIMED = "claimed"
    """A claim is committed, and no worker was told."""
    STARTED = "started"
    """A worker has its task."""
    OUTCOME_RECEIVED = "outcome-received"
    """An attempt's products are stored, and the ledger does not know it."""
    END_WRITTEN = "end-written"
    """An attempt's end is written and not committed."""
    ENDED = "ended"
    """An attempt's end is committed, and nobody was told."""
    CANCEL_WRITTEN = "cancel-written"
    """A cancel is written and not committed."""
    CANCELLED = "cancelled"
    """A cancel is committed, and no worker was stopped."""
    TIMERS_WRITTEN = "timers-written"
    """Timers were taken, not committed."""
    TIMERS_FIRED = "timers-fired"
    """Timers were taken and committed, and nothing of what they woke was claimed."""
    WORKERS_ENDED = "workers-ended"
    """The workers of a former engine are dead, and their blocks are still its own."""
    REAPED = "reaped"
    """The blocks of a former engine are ready again, and the new engine has no node yet."""


def reach(point: Point) -> None:
    """Pass a point; where it is armed, this process gets the signal here.

    Args:
        point: the point.
    """
    if _armed is not None:
        _strike(Path(_armed) / point.value)


def _strike(file: Path) -> None:
    try:
        number = signal.Signals[file.read_text().strip()]
        file.unlink()
    except FileNotFoundError:
        return
    os.kill(os.getpid(), number)
