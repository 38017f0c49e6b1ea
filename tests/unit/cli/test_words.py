"""Durations, sizes, times and tables as text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from mage_jlab.cli.words import (
    MARKS,
    WORDS,
    ago,
    between,
    duration,
    extent,
    shown_state,
    size,
    table,
)
from mage_jlab.domain.run import BlockRun, BlockRunState, RunState

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.018, "0.02 s"),
        (4.1, "4.1 s"),
        (42.4, "42 s"),
        (59.7, "1 m 00 s"),
        (64, "1 m 04 s"),
        (7500, "2 h 05 m"),
        (3 * 86400 + 4 * 3600, "3 d 4 h"),
    ],
)
def test_durations(seconds: float, said: str) -> None:
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (9216, "9.2 kB"),
        (48_200_000, "48.2 MB"),
        (320_000_000, "320 MB"),
    ],
)
def test_sizes(count: int, said: str) -> None:
    assert size(count) == said


def test_extents() -> None:
    assert extent(325_819, 28, 1) == "325,819 × 28"
    assert extent(12, None, 1) == "12"
    assert extent(None, None, 9216) == "9.2 kB"


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0.2, "now"), (12, "12 s ago"), (-200, "in 3 min"), (3 * 3600 + 5, "3 h ago")],
)
def test_moments_near(seconds: float, said: str) -> None:
    assert ago(NOON - timedelta(seconds=seconds), NOON) == said


def test_moments_far_and_none() -> None:
    assert ago(NOON - timedelta(days=5), NOON).startswith("2026-11-19 ")
    assert ago(None) == "–"


def test_between() -> None:
    assert between(None, NOON) is None
    assert between(NOON, NOON + timedelta(seconds=3)) == 3
    assert between(NOON + timedelta(seconds=3), NOON) == 0
    assert (between(NOON, None) or 0) > 0


def test_every_state_has_a_mark_and_a_word() -> None:
    states = {state.value for state in [*RunState, *BlockRunState]} | {"cached"}
    assert set(MARKS) == set(WORDS) == states


def test_a_reused_block_is_shown_as_such() -> None:
    reused = BlockRun(block="a", block_type="custom", state=BlockRunState.SUCCESS, cached=True)
    assert shown_state(reused) == "cached"
    assert shown_state(reused.model_copy(update={"cached": False})) == "success"


def test_tables_align_wide_characters() -> None:
    drawn = table(["Name", "Rows"], [["東京", "5"], ["x", "1,000"]], right=frozenset({1}))
    assert drawn.splitlines() == ["Name   Rows", "東京      5", "x     1,000"]
