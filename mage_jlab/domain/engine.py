"""The engine as its clients see it."""

from __future__ import annotations

from enum import StrEnum

from mage_jlab.domain.word import Moment, Word


class EngineState(StrEnum):
    """Whether an engine serves the state folder."""

    RUNNING = "running"
    DRAINING = "draining"
    STOPPED = "stopped"


class EngineStatus(Word):
    """The engine of a state folder; ``stopped_at`` is when it was last seen, when it is gone.

    ``trouble`` says why no block starts although the engine runs (a full disk, say).
    """

    state: EngineState
    pid: int | None = None
    version: str | None = None
    running_blocks: int = 0
    queued_blocks: int = 0
    live_runs: int = 0
    next_fire_at: Moment | None = None
    next_fire_pipeline: str | None = None
    started_at: Moment | None = None
    stopped_at: Moment | None = None
    trouble: str | None = None
