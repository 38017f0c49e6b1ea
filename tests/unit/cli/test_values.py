"""Durations and moments as people type them."""

from __future__ import annotations

from datetime import UTC, datetime

import click
import pytest

from mage_jlab.cli.values import read_duration, read_moment

CONTEXT = click.Context(click.Command("x"))
PARAMETER = click.Option(["--x"])


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("15m", 900), ("6h", 21600), ("1d", 86400), ("0.5s", 0.5), (" 2m ", 120)],
)
def test_durations(text: str, seconds: float) -> None:
    assert read_duration(CONTEXT, PARAMETER, text) == seconds


@pytest.mark.parametrize("text", ["", "90", "s", "-1s", "1w", "1h30m", "1 h"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(click.BadParameter, match="write it as 90s"):
        read_duration(CONTEXT, PARAMETER, text)


def test_moments() -> None:
    half_past_two = datetime(2026, 11, 25, 1, 30, tzinfo=UTC)
    assert read_moment(CONTEXT, PARAMETER, "2026-11-25T02:30:00+01:00") == half_past_two
    assert read_moment(CONTEXT, PARAMETER, "2026-11-25T01:30:00Z") == half_past_two


@pytest.mark.parametrize("text", ["tomorrow", "2026-11-25T02:30:00", "2026-13-01T00:00:00Z"])
def test_what_is_no_moment(text: str) -> None:
    with pytest.raises(click.BadParameter, match="no time with a zone"):
        read_moment(CONTEXT, PARAMETER, text)


def test_nothing_stays_nothing() -> None:
    assert read_duration(CONTEXT, PARAMETER, None) is None
    assert read_moment(CONTEXT, PARAMETER, None) is None
