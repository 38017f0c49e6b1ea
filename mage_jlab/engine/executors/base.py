"""The interface between the dispatcher and whatever executes attempts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from mage_jlab.domain.attempt import BlockTask, Outcome

OnOutcome = Callable[[Outcome], None]
OnWorker = Callable[[str, int, int, int, float], None]
"""Called with (block_run, token, pid, process group, start of the process in epoch seconds)."""


class Executor(Protocol):
    """Runs attempts and reports how each ended, exactly once for each submitted task.

    ``on_outcome`` and ``on_worker`` are given at construction and are called from a thread of the
    executor's; they must return quickly.
    """

    @property
    def slots(self) -> int:
        """How many attempts may run at the same time."""
        ...

    def submit(self, task: BlockTask) -> None:
        """Start an attempt as soon as a worker is there; return at once."""
        ...

    def cancel(self, block_run: str, token: int) -> None:
        """Stop an attempt: SIGTERM, then SIGKILL after a grace; its outcome is ``cancelled``."""
        ...

    def close(self) -> None:
        """Stop every worker and what its children left; attempts under way are abandoned."""
        ...
