"""What becomes of nominal times that have passed: which run now, which are a recorded miss."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from mage_jlab.domain.schedule import Occurrence, Schedule
from mage_jlab.domain.trigger import CatchUp

ON_TIME = timedelta(seconds=60)
"""A time that passed less than this ago is on time."""
CATCH_UP_LIMIT = 100
"""The most missed times that ``catch_up: all`` runs, the newest of them."""
LATE = "No engine was running."
PAUSED = "The trigger was not enabled."
OVERLAP = "An earlier run of this trigger was still going."


@dataclass(frozen=True)
class MissRange:
    """Nominal times that passed without a run."""

    first: datetime
    last: datetime
    count: int
    reason: str


@dataclass(frozen=True)
class Decision:
    """What to do about the times that passed.

    ``runs`` gives each time to run, oldest first, with whether it is being caught up; ``last`` is
    the newest time that passed (None: none did) and ``next`` the one that comes.
    """

    runs: list[tuple[Occurrence, bool]]
    missed: MissRange | None
    last: datetime | None
    next: datetime | None


def misfire_window(period: timedelta) -> timedelta:
    """Give how late the newest missed time may still run: one period, between an hour and a day."""
    return max(timedelta(hours=1), min(timedelta(hours=24), period))


def decide(schedule: Schedule, since: datetime, now: datetime, catch_up: CatchUp) -> Decision:
    """Decide about the nominal times after ``since`` up to ``now``.

    A clock that was set back brings nothing until it has caught up with ``since``.
    """
    passed = _passed(schedule, since, now)
    newest = passed.tail[-1].at if passed.tail else None
    start = max(now, since) if newest is None else newest
    following = next(schedule.after(start), None)
    next_at = None if following is None else following.at
    if newest is None:
        return Decision([], None, None, next_at)
    on_time = [o for o in passed.tail if now - o.at < ON_TIME]
    late = [o for o in passed.tail if now - o.at >= ON_TIME]
    caught: list[Occurrence] = []
    if catch_up is CatchUp.ALL:
        caught = late[-CATCH_UP_LIMIT:]
    elif catch_up is CatchUp.LATEST and not on_time:
        period = next_at - newest if next_at is not None else timedelta()
        caught = late[-1:] if now - newest <= misfire_window(period) else []
    runs = [(o, True) for o in caught] + [(o, False) for o in on_time]
    missed = None
    count = passed.count - len(runs)
    if count:
        before = late[len(late) - len(caught) - 1].at
        assert passed.first is not None
        missed = MissRange(passed.first, before, count, LATE)
    return Decision(runs, missed, newest, next_at)


def skipped(schedule: Schedule, since: datetime, now: datetime) -> MissRange | None:
    """Give the times that a trigger skipped while it was not enabled, None when there was none."""
    passed = _passed(schedule, since, now)
    if passed.first is None:
        return None
    return MissRange(passed.first, passed.tail[-1].at, passed.count, PAUSED)


@dataclass
class _Passed:
    """Nominal times that passed: the first, how many, and the newest of them."""

    first: datetime | None
    count: int
    tail: deque[Occurrence]


def _passed(schedule: Schedule, since: datetime, now: datetime) -> _Passed:
    passed = _Passed(None, 0, deque(maxlen=2 * CATCH_UP_LIMIT))
    for occurrence in schedule.until(since, now):
        if passed.first is None:
            passed.first = occurrence.at
        passed.count += 1
        passed.tail.append(occurrence)
    return passed


def next_after(schedule: Schedule, moment: datetime) -> datetime | None:
    """Give the first nominal time after a moment, None when there is none."""
    return next((o.at for o in islice(schedule.after(moment), 1)), None)
