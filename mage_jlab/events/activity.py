"""Keeping the server alive while a run needs it, and no longer."""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mage_jlab.domain.engine import EngineStatus

KEY = "mage_jlab"
"""Our name among the server's sources of activity."""

POLICIES = ("runs", "schedules", "none")
"""What keeps a server alive: live runs, those and enabled schedules, or nothing."""


def default_policy(environ: Mapping[str, str] | None = None) -> str:
    """Give ``schedules`` under JupyterHub, which ends idle servers, else ``runs``."""
    environ = os.environ if environ is None else environ
    return "schedules" if environ.get("JUPYTERHUB_API_URL") else "runs"


class Activity:
    """Reports activity to the server as long as the engine has something to do.

    Args:
        policy: one of ``POLICIES``.
        times: the server's ``last_activity_times``.
    """

    def __init__(self, policy: str, times: MutableMapping[str, datetime]) -> None:
        self._policy = policy
        self._times = times
        self.live_runs = 0

    def see(self, status: EngineStatus) -> None:
        """Take note of the engine's state; call this on the loop."""
        self.live_runs = status.live_runs
        waits = self._policy == "schedules" and status.next_fire_at is not None
        if self._policy != "none" and (status.live_runs or waits):
            self._times[KEY] = datetime.now(UTC)
