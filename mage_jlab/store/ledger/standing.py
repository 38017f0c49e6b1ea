"""How much stands in the ledger right now: what an engine says of itself."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from mage_jlab.domain.run import BlockRunState, RunState
from mage_jlab.store.ledger.tables import block_run, run, schedule, trigger

_BLOCKS = (
    select(block_run.c.state, func.count().label("amount"))
    .join(run, run.c.id == block_run.c.run_id)
    .where(
        run.c.state.in_([RunState.QUEUED.value, RunState.RUNNING.value]),
        block_run.c.state.in_([BlockRunState.READY.value, BlockRunState.RUNNING.value]),
    )
    .group_by(block_run.c.state)
)
_RUNS = (
    select(func.count())
    .select_from(run)
    .where(run.c.state.in_([RunState.QUEUED.value, RunState.RUNNING.value]))
)
_NEXT = (
    select(schedule.c.next_fire_at, trigger.c.pipeline)
    .join(trigger, trigger.c.id == schedule.c.trigger_id)
    .where(schedule.c.next_fire_at.is_not(None))
    .order_by(schedule.c.next_fire_at, schedule.c.id)
    .limit(1)
)
_ENABLED = select(func.count()).select_from(trigger).where(trigger.c.enabled_here, trigger.c.active)


@dataclass(frozen=True)
class Standing:
    """Blocks that run and that wait for a slot, live runs, and the next time of a schedule."""

    running: int
    queued: int
    live_runs: int
    enabled_triggers: int
    next_fire_at: int | None
    next_pipeline: str | None

    @property
    def idle(self) -> bool:
        """Whether nothing would be missed if no engine were up."""
        return self.live_runs == 0 and self.enabled_triggers == 0


def standing(connection: Connection) -> Standing:
    """Count what stands in the ledger."""
    counts = {row.state: row.amount for row in connection.execute(_BLOCKS)}
    coming = connection.execute(_NEXT).first()
    return Standing(
        running=counts.get(BlockRunState.RUNNING.value, 0),
        queued=counts.get(BlockRunState.READY.value, 0),
        live_runs=connection.execute(_RUNS).scalar_one(),
        enabled_triggers=connection.execute(_ENABLED).scalar_one(),
        next_fire_at=None if coming is None else coming.next_fire_at,
        next_pipeline=None if coming is None else coming.pipeline,
    )
