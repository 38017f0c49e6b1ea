"""What becomes of times that have passed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mage_jlab.domain.misfire import LATE, PAUSED, decide, misfire_window, skipped
from mage_jlab.domain.schedule import parse_spec
from mage_jlab.domain.trigger import CatchUp

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
HOURLY = parse_spec("cron", "0 * * * *")
DAILY = parse_spec("cron", "30 2 * * *")


def _hours(*hours: float) -> list[datetime]:
    return [NOON + timedelta(hours=h) for h in hours]


def test_nothing_is_due_before_its_time() -> None:
    decision = decide(HOURLY, NOON, NOON + timedelta(minutes=59), CatchUp.LATEST)
    assert (decision.runs, decision.missed, decision.last) == ([], None, None)
    assert decision.next == NOON + timedelta(hours=1)


@pytest.mark.parametrize("catch_up", list(CatchUp))
def test_late_by_under_a_minute_is_on_time(catch_up: CatchUp) -> None:
    decision = decide(HOURLY, *_hours(-1), NOON + timedelta(seconds=59), catch_up)
    assert [(o.at, late) for o, late in decision.runs] == [(NOON, False)]
    assert decision.missed is None


def test_latest_runs_the_newest_and_records_the_others() -> None:
    now = NOON + timedelta(minutes=20)
    decision = decide(HOURLY, NOON - timedelta(hours=5), now, CatchUp.LATEST)
    assert [(o.at, late) for o, late in decision.runs] == [(NOON, True)]
    assert decision.missed is not None
    assert (decision.missed.first, decision.missed.last) == tuple(_hours(-4, -1))
    assert (decision.missed.count, decision.missed.reason) == (4, LATE)
    assert decision.last == NOON


def test_latest_that_is_too_late_is_missed_too() -> None:
    now = NOON + timedelta(hours=1, minutes=30)
    decision = decide(DAILY, NOON - timedelta(days=2), now, CatchUp.LATEST)
    assert len(decision.runs) == 1
    weekly = parse_spec("cron", "0 12 * * 2")
    decision = decide(weekly, NOON - timedelta(days=1), NOON + timedelta(days=2), CatchUp.LATEST)
    assert decision.runs == []
    assert decision.missed is not None
    assert decision.missed.count == 1


def test_none_records_all_that_is_late() -> None:
    now = NOON + timedelta(seconds=10)
    decision = decide(HOURLY, NOON - timedelta(hours=3), now, CatchUp.NONE)
    assert [o.at for o, _ in decision.runs] == [NOON]
    assert decision.missed is not None
    assert decision.missed.count == 2


def test_all_runs_the_newest_hundred_oldest_first() -> None:
    minutely = parse_spec("cron", "* * * * *")
    now = NOON + timedelta(minutes=5, seconds=30)
    decision = decide(minutely, NOON - timedelta(minutes=150), now, CatchUp.ALL)
    times = [o.at for o, _ in decision.runs]
    assert times == sorted(times)
    assert len(times) == 101
    assert times[-1] == NOON + timedelta(minutes=5)
    assert decision.missed is not None
    assert decision.missed.count == 54
    assert decision.missed.last + timedelta(minutes=1) == times[0]


def test_a_week_of_every_minute_is_one_miss() -> None:
    minutely = parse_spec("cron", "* * * * *")
    decision = decide(minutely, NOON - timedelta(days=7), NOON, CatchUp.LATEST)
    assert [o.at for o, _ in decision.runs] == [NOON]
    assert decision.missed is not None
    assert decision.missed.count == 7 * 1440 - 1


def test_a_clock_set_back_brings_nothing_until_it_has_caught_up() -> None:
    decision = decide(HOURLY, NOON, NOON - timedelta(hours=3), CatchUp.ALL)
    assert (decision.runs, decision.missed) == ([], None)
    assert decision.next == NOON + timedelta(hours=1)


def test_what_a_pause_skipped_is_a_range() -> None:
    missed = skipped(HOURLY, NOON, NOON + timedelta(hours=3))
    assert missed is not None
    assert (missed.count, missed.reason) == (3, PAUSED)
    assert skipped(HOURLY, NOON, NOON + timedelta(minutes=3)) is None


def test_the_window_is_a_period_between_an_hour_and_a_day() -> None:
    hour, day = timedelta(hours=1), timedelta(days=1)
    assert [misfire_window(p) for p in (hour / 60, 6 * hour, 7 * day)] == [hour, 6 * hour, day]
