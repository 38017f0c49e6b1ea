"""A server is kept alive while a run needs it, by the site's policy."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mage_jlab.domain.engine import EngineState, EngineStatus
from mage_jlab.events.activity import KEY, Activity, default_policy

IDLE = EngineStatus(state=EngineState.RUNNING)
LIVE = EngineStatus(state=EngineState.RUNNING, live_runs=1)
WAITING = EngineStatus(state=EngineState.RUNNING, next_fire_at=datetime(2027, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("policy", "idle", "live", "waiting"),
    [("runs", False, True, False), ("schedules", False, True, True), ("none", False, False, False)],
)
def test_what_counts_as_activity(policy: str, idle: bool, live: bool, waiting: bool) -> None:
    for status, expected in ((IDLE, idle), (LIVE, live), (WAITING, waiting)):
        times: dict[str, datetime] = {}
        activity = Activity(policy, times)
        activity.see(status)
        assert (KEY in times) is expected
        assert activity.live_runs == status.live_runs
        if expected:
            assert times[KEY].tzinfo is not None
            assert abs((datetime.now(UTC) - times[KEY]).total_seconds()) < 5


def test_a_hub_that_culls_is_told_of_schedules() -> None:
    assert default_policy({"JUPYTERHUB_API_URL": "http://hub"}) == "schedules"
    assert default_policy({}) == "runs"
