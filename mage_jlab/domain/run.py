"""Runs and block runs: their states, and the one table of legal changes of state."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from mage_jlab.domain.product import ProductRef
from mage_jlab.domain.word import Json, Moment, Word


class RunState(StrEnum):
    """Where a run stands."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCESS = "success"
    FAILED = "failed"
    CANCELLED = "cancelled"
    NEEDS_ATTENTION = "needs_attention"

    @property
    def ended(self) -> bool:
        """Whether nothing more happens in it by itself."""
        return self not in (RunState.QUEUED, RunState.RUNNING)


class BlockRunState(StrEnum):
    """Where a block run stands."""

    PENDING = "pending"
    READY = "ready"
    RUNNING = "running"
    RETRY_WAIT = "retry_wait"
    SUCCESS = "success"
    FAILED = "failed"
    UPSTREAM_FAILED = "upstream_failed"
    CONDITION_FALSE = "condition_false"
    CANCELLED = "cancelled"
    NEEDS_ATTENTION = "needs_attention"

    @property
    def ended(self) -> bool:
        """Whether nothing more happens in it by itself."""
        return self not in (
            BlockRunState.PENDING,
            BlockRunState.READY,
            BlockRunState.RUNNING,
            BlockRunState.RETRY_WAIT,
        )


_B = BlockRunState
LEGAL_CHANGES: dict[BlockRunState, frozenset[BlockRunState]] = {
    _B.PENDING: frozenset(
        {_B.READY, _B.UPSTREAM_FAILED, _B.CONDITION_FALSE, _B.CANCELLED, _B.SUCCESS, _B.FAILED}
        | {_B.NEEDS_ATTENTION}
    ),
    _B.READY: frozenset({_B.RUNNING, _B.CANCELLED, _B.UPSTREAM_FAILED, _B.FAILED}),
    _B.RUNNING: frozenset(
        {_B.SUCCESS, _B.FAILED, _B.RETRY_WAIT, _B.READY, _B.CANCELLED, _B.NEEDS_ATTENTION}
    ),
    _B.RETRY_WAIT: frozenset({_B.READY, _B.CANCELLED, _B.FAILED}),
    _B.SUCCESS: frozenset(),
    _B.FAILED: frozenset({_B.PENDING, _B.READY}),
    _B.UPSTREAM_FAILED: frozenset({_B.PENDING, _B.READY}),
    _B.CONDITION_FALSE: frozenset(),
    _B.CANCELLED: frozenset({_B.PENDING, _B.READY}),
    _B.NEEDS_ATTENTION: frozenset({_B.PENDING, _B.READY, _B.CANCELLED}),
}
"""Legal changes of a block run's state. A success is final; a retry leads out of a failed state.

A block run that stands for all items of its block stays ``pending`` while they run, and takes their
state at the end.
"""


class BlockError(Word):
    """Why a block run failed, and where.

    ``line`` counts from 1: in the cell when ``cell_id`` is given and the line lies in its body,
    else in ``file``. ``file_line`` is always the line of the file. ``column``, from 1, is known for
    SQL; it is the same in both.
    """

    type: str
    message: str
    traceback: str = ""
    file: str | None = None
    file_line: int | None = None
    cell_id: str | None = None
    line: int | None = None
    column: int | None = None


class BlockRun(Word):
    """One block inside a run, with its last error and its products.

    ``block_type`` is given so that a view needs no second request; ``waits_for`` names blocks above
    that have not ended; ``upstream`` are the blocks above it in this run. ``item`` is what a block
    that fans out was run for. One with more items than a page has stands as one row with ``items``,
    the number of them by state, and the first error. ``origin`` is the run whose products a cached
    one took.
    """

    block: str
    block_type: str
    item: str | None = None
    state: BlockRunState
    cached: bool = False
    attempts: int = 0
    code: str | None = None
    upstream: list[str] = []
    items: dict[str, int] | None = None
    origin: str | None = None
    ready_at: Moment | None = None
    started_at: Moment | None = None
    ended_at: Moment | None = None
    worker_pid: int | None = None
    peak_memory: int | None = None
    products: list[ProductRef] = []
    error: BlockError | None = None


class Attempt(Word):
    """One try of a block run.

    ``number`` counts the tries of the block run from 1; ``outcome`` is None while it goes on, else
    ``success``, ``failed``, ``crashed``, ``cancelled``, ``timeout``, or ``waiting`` for a sensor
    between two polls, which are one attempt. Memory in bytes, CPU time in seconds.
    """

    block: str
    item: str | None = None
    number: int
    outcome: str | None = None
    started_at: Moment
    ended_at: Moment | None = None
    worker_pid: int | None = None
    peak_memory: int | None = None
    cpu: float | None = None
    error: BlockError | None = None


class FanOut(Word):
    """A block that runs once for each item: its state as a whole, and its items by state."""

    block: str
    state: BlockRunState
    items: dict[str, int] = {}


class Run(Word):
    """One execution of a pipeline.

    ``trigger`` is the trigger's name; ``project`` the project's id. ``block_runs`` is empty in
    lists; ``counts`` gives the number of block runs by state in both. ``fan_outs`` has the blocks
    that run once for each item.
    """

    id: str
    number: int
    project: str
    pipeline: str
    state: RunState
    trigger: str | None = None
    nominal_at: Moment | None = None
    variables: dict[str, Json] = {}
    created_at: Moment
    started_at: Moment | None = None
    ended_at: Moment | None = None
    snapshot: str
    error: BlockError | None = None
    failed_block: str | None = None
    counts: dict[str, int] = {}
    block_runs: list[BlockRun] = []
    fan_outs: list[FanOut] = []


class RunMark(Word):
    """A run in a strip of the last ten: enough to draw its mark."""

    id: str
    number: int
    state: RunState
    created_at: Moment
    started_at: Moment | None = None
    ended_at: Moment | None = None
    failed_block: str | None = None


class LogLine(Word):
    """One line that a block wrote in one attempt."""

    at: Moment
    block: str
    item: str | None = None
    attempt: int
    level: str
    text: str


class LogPage(Word):
    """Some lines of a run's log.

    ``next`` goes back in as ``after`` to read on; ``ended`` says that no more will come.
    """

    lines: list[LogLine]
    next: str | None = None
    ended: bool = False


class Event(Word):
    """A row of the ledger that says what changed; a hint for views, never the truth itself."""

    seq: int
    at: Moment
    kind: str
    project: str | None = None
    pipeline: str | None = None
    run: str | None = None
    block: str | None = None
    trigger: str | None = None
    state: str | None = None
    payload: dict[str, Any] = {}
