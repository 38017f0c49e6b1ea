"""A short soak of each database; ``make soak SECONDS=1800`` is the long one."""

from __future__ import annotations

import pytest

from tests.soak.soak import soak

SECONDS = 20
LEAST_KILLS = 3


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_no_promise_is_broken_while_everything_is_killed(database: str) -> None:
    report = soak(SECONDS, database, seed=7)
    assert report["violations"] == [], report
    assert int(str(report["kills_and_stops"])) >= LEAST_KILLS
