"""When a schedule fires: nominal times over changes of the clock, exactly.

A cron whose minute or hour starts with ``*`` follows the clock: minutes that do not exist are
skipped, minutes that happen twice fire twice. Any other names local times: one that does not
exist fires once at the first instant after the gap, one that happens twice the first time only.
Intervals below a day are anchored in UTC, whole days in local midnights.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import count as count_from
from itertools import groupby, islice, takewhile
from zoneinfo import ZoneInfo

from mage_jlab.domain.cron import Cron, parse_cron
from mage_jlab.domain.errors import BadInputError
from mage_jlab.domain.trigger import FireTime, TriggerKind

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
LONGEST = timedelta(days=3650)
_DURATION = re.compile(r"(\d{1,9})\s*([smhd])")
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True)
class Occurrence:
    """One nominal time: the instant (UTC), the key that makes its run unique, and a note."""

    at: datetime
    key: str
    note: str | None = None


@dataclass(frozen=True)
class Schedule:
    """A schedule that was read and found right.

    ``overlap_hour`` says which of two equal local times fires (``first``, ``second``, ``both``);
    None means: the first for fixed times, both for a wildcard cron.
    """

    kind: TriggerKind
    spec: str
    zone: ZoneInfo
    cron: Cron | None = None
    every: timedelta | None = None
    once: datetime | None = None
    overlap_hour: str | None = None

    def after(self, moment: datetime) -> Iterator[Occurrence]:
        """Give the nominal times after an aware moment, in order; without end but for ``once``."""
        if self.once is not None:
            return iter([Occurrence(self.once, _utc_key(self.once))] if self.once > moment else [])
        if self.every is not None and self.every % DAY:
            return _steps(self.every, moment)
        return _merged(self._local(moment), moment)

    def until(self, start: datetime, end: datetime) -> Iterator[Occurrence]:
        """Give the nominal times after ``start``, up to and with ``end``."""
        return takewhile(lambda occurrence: occurrence.at <= end, self.after(start))

    def _local(self, moment: datetime) -> Iterator[tuple[datetime, list[_Mapped]]]:
        """Give each matching local day: an instant that none of it precedes, and its instants."""
        first = moment.astimezone(self.zone).date() - 2 * DAY
        if self.cron is not None:
            days: Iterator[date] = self.cron.days(first)
            times, wildcard = self.cron.times, self.cron.wildcard
        else:
            assert self.every is not None
            days, times, wildcard = _every_days(self.every.days, first), (time(),), False
        which = self.overlap_hour or ("both" if wildcard else "first")
        for day in days:
            walls = (datetime.combine(day, at) for at in times)
            mapped = [m for wall in walls for m in _map(wall, self.zone, wildcard, which)]
            if self.cron is None:
                mapped = [replace(item, key=_utc_key(item.at)) for item in mapped]
            midnight = datetime.combine(day, time(), self.zone)
            yield min(midnight.replace(fold=f).astimezone(UTC) for f in (0, 1)), mapped


@dataclass(frozen=True, order=True)
class _Mapped:
    """A local time on the line of instants.

    ``gap`` is the local time when it did not exist, ``until`` the local time right after the gap.
    """

    at: datetime
    key: str
    gap: str = ""
    until: str = ""
    note: str = ""


def parse_duration(text: str) -> timedelta:
    """Read a duration like ``90s``, ``15m``, ``6h`` or ``1d``.

    Raises:
        BadInputError: when it is not of that form, is nothing, or is above ten years.
    """
    found = _DURATION.fullmatch(text.strip().lower())
    duration = timedelta(**{_UNITS[found[2]]: int(found[1])}) if found else timedelta()
    if not timedelta() < duration <= LONGEST:
        raise BadInputError(
            f"{text!r} is no duration: write a number and s, m, h or d, like 90s, 15m, 6h or 1d.",
            "bad-duration",
        )
    return duration


def parse_zone(name: str) -> ZoneInfo:
    """Find a time zone by its IANA name.

    Raises:
        BadInputError: when there is none of that name.
    """
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError) as error:
        raise BadInputError(
            f"There is no time zone {name!r}: write a name like UTC or Europe/Berlin.", "bad-zone"
        ) from error


def parse_spec(kind: TriggerKind | str, spec: str, tz: str = "UTC") -> Schedule:
    """Read what a trigger of a time-driven kind says.

    Args:
        kind: ``cron``, ``interval`` or ``once``.
        spec: the cron, the duration, or the RFC 3339 time.
        tz: the zone's IANA name.

    Raises:
        BadInputError: with what is wrong, in a sentence.
    """
    zone = parse_zone(tz)
    kind = TriggerKind(kind)
    if kind is TriggerKind.CRON:
        return Schedule(kind, spec, zone, cron=parse_cron(spec))
    if kind is TriggerKind.INTERVAL:
        return Schedule(kind, spec, zone, every=parse_duration(spec))
    if kind is TriggerKind.ONCE:
        return Schedule(kind, spec, zone, once=parse_moment(spec, zone))
    raise BadInputError(f"A trigger of kind {kind.value} has no times of its own.", "no-times")


def parse_moment(text: str, zone: ZoneInfo) -> datetime:
    """Read an RFC 3339 time; one without an offset is taken in ``zone``. The result is in UTC.

    Raises:
        BadInputError: when it is none.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadInputError(
            f"{text!r} is no time: write it like 2026-11-25T02:30:00+01:00.", "bad-time"
        ) from error


def fire_times(
    kind: TriggerKind | str, spec: str, tz: str, after: datetime, count: int = 10
) -> list[FireTime]:
    """Give the next times of a schedule, in its own zone, with what a change of the clock does.

    Raises:
        BadInputError: when the schedule cannot be read.
    """
    schedule = parse_spec(kind, spec, tz)
    times = []
    for occurrence in islice(schedule.after(after), count):
        local = occurrence.at.astimezone(schedule.zone)
        times.append(
            FireTime(
                at=occurrence.at,
                local=local.isoformat(timespec="seconds"),
                zone=local.tzname() or schedule.zone.key,
                note=occurrence.note,
            )
        )
    return times


def _utc_key(at: datetime) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def _steps(every: timedelta, moment: datetime) -> Iterator[Occurrence]:
    """Give the multiples of a period since the epoch, after a moment."""
    first = (moment - EPOCH) // every + 1
    for step in count_from(first):
        try:
            at = EPOCH + step * every
        except OverflowError:
            return
        yield Occurrence(at, _utc_key(at))


def _every_days(days: int, first: date) -> Iterator[date]:
    """Give each n-th day, counted from the calendar's own beginning."""
    ordinal = -(-first.toordinal() // days) * days
    while ordinal <= date.max.toordinal():
        yield date.fromordinal(ordinal)
        ordinal += days


def _map(wall: datetime, zone: ZoneInfo, wildcard: bool, which: str) -> Iterator[_Mapped]:
    """Lay a local time on the line of instants: none, one or two of them."""
    before = zone.utcoffset(wall) or timedelta()
    later = zone.utcoffset(wall.replace(fold=1)) or timedelta()
    if before < later:
        if not wildcard:
            at = _gap_end(wall, before, later, zone)
            local = at.astimezone(zone)
            key = f"{local:%Y-%m-%dT%H:%M} {zone.key}"
            yield _Mapped(at, key, f"{wall:%H:%M}", f"{local:%H:%M}")
        return
    twice = before > later
    note = ""
    if twice:
        runs = {"first": "once, the first time", "second": "once, the second time"}
        note = f"{wall:%H:%M} happens twice that night. Runs {runs.get(which, 'both times')}."
    for fold, offset in enumerate((before, later) if twice else (before,)):
        if not twice or which in ("both", ("first", "second")[fold]):
            at = (wall - offset).replace(tzinfo=UTC)
            fixed = f"{wall:%Y-%m-%dT%H:%M}{'+' * fold} {zone.key}"
            yield _Mapped(at, _utc_key(at) if wildcard else fixed, note=note)


def _gap_end(wall: datetime, before: timedelta, later: timedelta, zone: ZoneInfo) -> datetime:
    """Give the instant at which the clock jumped over a local time, to the second."""
    low = (wall - later).replace(tzinfo=UTC)
    high = (wall - before).replace(tzinfo=UTC)
    while high - low > SECOND:
        middle = low + (high - low) // SECOND // 2 * SECOND
        if middle.astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high


def _merged(
    days: Iterator[tuple[datetime, list[_Mapped]]], moment: datetime
) -> Iterator[Occurrence]:
    """Put the instants of local days in order, those that fall together as one.

    Days may overlap where a clock goes back over midnight: an instant is given only once no later
    day can come before it.
    """
    waiting: list[_Mapped] = []
    last = moment
    for start, mapped in days:
        ready = []
        while waiting and waiting[0].at < start:
            ready.append(heapq.heappop(waiting))
        for at, group in groupby(ready, key=lambda item: item.at):
            if at > last:
                last = at
                yield _one(list(group))
        for item in mapped:
            heapq.heappush(waiting, item)
    for at, group in groupby(sorted(waiting), key=lambda item: item.at):
        if at > last:
            yield _one(list(group))


def _one(together: list[_Mapped]) -> Occurrence:
    """Give the one occurrence of all that fall on an instant."""
    first = max(together, key=lambda item: item.gap)
    gaps = sorted(item.gap for item in together if item.gap)
    if not gaps:
        return Occurrence(first.at, first.key, first.note or None)
    many = len(gaps) > 1
    walls = f"{gaps[0]} to {gaps[-1]} do" if many else f"{gaps[0]} does"
    note = f"{walls} not exist that night: clocks go forward. Runs once, at {first.until}."
    return Occurrence(first.at, first.key, note)
