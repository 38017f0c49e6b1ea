"""Fire times against an oracle that looks at every minute, in zones whose clocks do odd things."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mage_jlab.domain.errors import BadInputError
from mage_jlab.domain.schedule import fire_times, parse_duration, parse_spec

MINUTE = timedelta(minutes=1)
NAIVE = st.datetimes(
    datetime(2005, 1, 1),  # noqa: DTZ001 # the bounds must be naive
    datetime(2027, 1, 1),  # noqa: DTZ001 # the bounds must be naive
)
ODD = [
    ("America/New_York", "2026-03-07", "the clock goes forward at 02:00"),
    ("America/New_York", "2026-10-31", "the clock goes back at 02:00"),
    ("Europe/Berlin", "2026-03-28", "forward at 02:00"),
    ("Europe/Berlin", "2026-10-24", "back at 03:00"),
    ("Australia/Lord_Howe", "2026-04-04", "back by half an hour"),
    ("Australia/Lord_Howe", "2026-10-03", "forward by half an hour"),
    ("America/Sao_Paulo", "2018-11-03", "forward at midnight"),
    ("America/Sao_Paulo", "2018-02-17", "back over midnight"),
    ("America/St_Johns", "2010-11-06", "back at one minute past midnight"),
    ("America/St_Johns", "2010-03-13", "forward at one minute past midnight"),
    ("Asia/Beirut", "2026-03-28", "forward at midnight"),
    ("Africa/Cairo", "2026-10-29", "back over midnight"),
    ("Pacific/Apia", "2011-12-29", "a day that never was"),
    ("America/Havana", "2026-10-31", "back at 01:00"),
    ("Asia/Kathmandu", "2026-01-01", "an offset of 5:45"),
]
CRONS = [
    "* * * * *",
    "*/20 * * * *",
    "30 * * * *",
    "*/30 2 * * *",
    "30 2 * * *",
    "0,30 1,2,3 * * *",
    "15 0 * * *",
    "45 23 * * *",
    "0 0 * * *",
    "30 1 * * 0",
    "59 23 28-31 * *",
    "0 */6 * * *",
    "5 0-3 1,15 * *",
]


def _values(field: str, low: int, high: int) -> set[int]:
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        first, _, last = ("low-high" if span == "*" else span).partition("-")
        start = low if first == "low" else int(first)
        end = high if first == "low" else int(last or first)
        found |= set(range(start, end + 1, int(step or 1)))
    return found


def oracle(cron: str, zone: ZoneInfo, start: datetime, end: datetime) -> list[datetime]:
    """Walk every minute of real time, and every minute that a local clock could show."""
    minute, hour, day, month, weekday = cron.split()
    minutes, hours = _values(minute, 0, 59), _values(hour, 0, 23)
    days, months, weekdays = _values(day, 1, 31), _values(month, 1, 12), _values(weekday, 0, 6)

    def matches(wall: datetime) -> bool:
        in_month = wall.day in days
        in_week = wall.isoweekday() % 7 in weekdays
        either = day != "*" and weekday != "*"
        good_day = (in_month or in_week) if either else (in_month and in_week)
        good_time = wall.minute in minutes and wall.hour in hours
        return good_day and wall.month in months and good_time

    wildcard = minute.startswith("*") or hour.startswith("*")
    fires: set[datetime] = set()
    shown: set[datetime] = set()
    before: datetime | None = None
    at = start - timedelta(days=3)
    while at <= end:
        wall = at.astimezone(zone).replace(tzinfo=None)
        if before is not None and wall - before > MINUTE:
            # The clock jumped: whatever fixed time it jumped over comes now, once.
            over = before + MINUTE
            while over < wall and not wildcard:
                if matches(over):
                    fires.add(at)
                over += MINUTE
        if matches(wall) and (wildcard or wall not in shown):
            fires.add(at)
        shown.add(wall)
        before = wall
        at += MINUTE
    return sorted(f for f in fires if start < f <= end)


def _ours(cron: str, zone: str, start: datetime, end: datetime) -> list[datetime]:
    return [o.at for o in parse_spec("cron", cron, zone).until(start, end)]


@pytest.mark.parametrize(("zone", "day", "_why"), ODD, ids=[f"{z} {d}" for z, d, _ in ODD])
def test_every_cron_over_every_odd_change_of_a_clock(zone: str, day: str, _why: str) -> None:
    start = datetime.fromisoformat(day).replace(tzinfo=UTC) - timedelta(hours=12)
    end = start + timedelta(days=3)
    for cron in CRONS:
        expected = oracle(cron, ZoneInfo(zone), start, end)
        assert _ours(cron, zone, start, end) == expected, cron


@settings(max_examples=60, deadline=None)
@given(
    zone=st.sampled_from(
        sorted({z for z, _, _ in ODD} | {"UTC", "Asia/Tehran", "Pacific/Chatham"})
    ),
    day=NAIVE,
    minute=st.sampled_from(["*", "*/7", "0", "30", "0-10", "59"]),
    hour=st.sampled_from(["*", "*/5", "0", "1", "2", "1-3", "23,0"]),
    weekday=st.sampled_from(["*", "0", "1-5", "6"]),
)
def test_any_cron_anywhere(zone: str, day: datetime, minute: str, hour: str, weekday: str) -> None:
    start = day.replace(second=0, microsecond=0, tzinfo=UTC)
    end = start + timedelta(days=2)
    cron = f"{minute} {hour} * * {weekday}"
    assert _ours(cron, zone, start, end) == oracle(cron, ZoneInfo(zone), start, end)


@settings(max_examples=60, deadline=None)
@given(
    zone=st.sampled_from(sorted({z for z, _, _ in ODD})),
    start=NAIVE,
    cron=st.sampled_from(CRONS),
    pieces=st.integers(2, 5),
)
def test_times_do_not_depend_on_where_one_starts(
    zone: str, start: datetime, cron: str, pieces: int
) -> None:
    begin = start.replace(microsecond=0, tzinfo=UTC)
    schedule = parse_spec("cron", cron, zone)
    step = timedelta(hours=11)
    whole = list(schedule.until(begin, begin + pieces * step))
    parts = [
        o for n in range(pieces) for o in schedule.until(begin + n * step, begin + (n + 1) * step)
    ]
    assert parts == whole
    assert len({o.key for o in whole}) == len(whole)


def _notes(cron: str, zone: str, after: str, count: int) -> Iterator[tuple[str, str | None]]:
    for time in fire_times("cron", cron, zone, datetime.fromisoformat(after), count):
        yield f"{time.local} {time.zone}", time.note


def test_a_time_that_does_not_exist_says_so() -> None:
    assert list(_notes("30 2 * * *", "America/New_York", "2027-03-13T12:00:00Z", 2)) == [
        (
            "2027-03-14T03:00:00-04:00 EDT",
            "02:30 does not exist that night: clocks go forward. Runs once, at 03:00.",
        ),
        ("2027-03-15T02:30:00-04:00 EDT", None),
    ]
    assert list(_notes("0,30 2,3 * * *", "America/New_York", "2027-03-13T12:00:00Z", 1)) == [
        (
            "2027-03-14T03:00:00-04:00 EDT",
            "02:00 to 02:30 do not exist that night: clocks go forward. Runs once, at 03:00.",
        )
    ]


def test_a_time_that_happens_twice_says_so() -> None:
    assert list(_notes("30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z", 2)) == [
        (
            "2026-11-01T01:30:00-04:00 EDT",
            "01:30 happens twice that night. Runs once, the first time.",
        ),
        ("2026-11-02T01:30:00-05:00 EST", None),
    ]
    twice = list(_notes("30 * * * *", "America/New_York", "2026-11-01T05:00:00Z", 2))
    assert [local for local, _ in twice] == [
        "2026-11-01T01:30:00-04:00 EDT",
        "2026-11-01T01:30:00-05:00 EST",
    ]
    assert {note for _, note in twice} == {"01:30 happens twice that night. Runs both times."}


def test_the_key_of_a_fixed_time_is_local_and_of_any_other_utc() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    fixed = next(parse_spec("cron", "30 2 * * *", "Europe/Berlin").after(start))
    assert fixed.key == "2026-01-01T02:30 Europe/Berlin"
    wild = next(parse_spec("cron", "*/5 * * * *", "Europe/Berlin").after(start))
    assert wild.key == "2026-01-01T00:05:00Z"


def test_intervals_are_anchored() -> None:
    after = datetime(2026, 3, 28, 10, 7, tzinfo=UTC)
    six = [t.local for t in fire_times("interval", "6h", "UTC", after, 2)]
    assert six == ["2026-03-28T12:00:00+00:00", "2026-03-28T18:00:00+00:00"]
    days = [t.local for t in fire_times("interval", "1d", "Europe/Berlin", after, 3)]
    assert days == [
        "2026-03-29T00:00:00+01:00",
        "2026-03-30T00:00:00+02:00",
        "2026-03-31T00:00:00+02:00",
    ]
    odd = [o.at for o in parse_spec("interval", "90s").until(after, after + 4 * MINUTE)]
    assert odd == [after + 0.5 * MINUTE * n for n in (1, 4, 7)]


def test_once_is_once() -> None:
    after = datetime(2026, 1, 1, tzinfo=UTC)
    (time,) = fire_times("once", "2026-02-01T02:30", "Europe/Berlin", after, 10)
    assert (time.local, time.at.hour) == ("2026-02-01T02:30:00+01:00", 1)
    assert fire_times("once", "2025-02-01T02:30:00Z", "UTC", after, 10) == []


@pytest.mark.parametrize(
    ("cron", "message"),
    [
        ("0 0 45 * *", "The third field must be 1 to 31, and it is 45."),
        ("60 * * * *", "The first field must be 0 to 59, and it is 60."),
        ("* 24 * * *", "The second field must be 0 to 23, and it is 24."),
        ("* * * 13 *", "The fourth field must be 1 to 12, and it is 13."),
        ("* * * * 8", "The fifth field must be 0 to 7, and it is 8."),
        ("* * * * day", "The fifth field must be 0 to 7, and it is day."),
        ("5-1 * * * *", "The first field must count upwards, and it is 5-1."),
        ("*/0 * * * *", "The step in the first field must be 1 to 59, and it is 0."),
        ("? * * * *", "The first field (minute) cannot be read: it is '?'."),
        ("0 2 * *", "and this one has 4 fields."),
        ("", "and this one has nothing."),
        ("0 0 31 2,4 *", "never comes"),
    ],
)
def test_a_cron_that_is_wrong_says_where(cron: str, message: str) -> None:
    with pytest.raises(BadInputError) as caught:
        parse_spec("cron", cron)
    assert message in caught.value.message


@pytest.mark.parametrize("zone", ["Mars/Base", "", "../etc/passwd", "Europe/Berlin\0"])
def test_a_zone_that_there_is_not(zone: str) -> None:
    with pytest.raises(BadInputError, match="no time zone"):
        parse_spec("cron", "* * * * *", zone)


@pytest.mark.parametrize("text", ["", "15", "m", "-5m", "0s", "1w", "1.5h", "99999999d", "5 m m"])
def test_a_duration_that_is_none(text: str) -> None:
    with pytest.raises(BadInputError, match="is no duration"):
        parse_duration(text)


def test_durations_and_other_kinds() -> None:
    assert [parse_duration(text).total_seconds() for text in ("90s", "15m", "6h", "1d")] == [
        90, 900, 21600, 86400,
    ]  # fmt: skip
    with pytest.raises(BadInputError, match="has no times of its own"):
        parse_spec("api", "")
    with pytest.raises(BadInputError, match="is no time"):
        parse_spec("once", "tomorrow")


def test_names_and_short_forms_are_read() -> None:
    after = datetime(2026, 11, 24, tzinfo=UTC)
    assert [t.local[:16] for t in fire_times("cron", "0 9 * jan mon-fri", "UTC", after, 2)] == [
        "2027-01-01T09:00",
        "2027-01-04T09:00",
    ]
    assert fire_times("cron", "@daily", "UTC", after, 1)[0].local.startswith("2026-11-25T00:00")
    assert fire_times("cron", "0 0 29 2 *", "UTC", after, 1)[0].local.startswith("2028-02-29")
