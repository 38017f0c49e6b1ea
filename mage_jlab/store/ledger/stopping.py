"""Cancelling a run, and letting a run that ended go on with what has not succeeded."""

from __future__ import annotations

from sqlalchemy import bindparam, select, update

from mage_jlab.domain.errors import ConflictError
from mage_jlab.domain.fan import WHOLE
from mage_jlab.domain.plan import Snapshot
from mage_jlab.domain.run import BlockRunState, RunState
from mage_jlab.store.ledger import again, timers
from mage_jlab.store.ledger.creating import add_snapshot
from mage_jlab.store.ledger.ending import lock_run, settle_run, start_roots
from mage_jlab.store.ledger.plans import PlanView
from mage_jlab.store.ledger.run_choice import check_plan
from mage_jlab.store.ledger.states import sources
from mage_jlab.store.ledger.tables import block_run, run
from mage_jlab.store.ledger.transaction import Transaction
from mage_jlab.store.ledger.wave import Wave

_BLOCK_RUNS = select(block_run).where(block_run.c.run_id == bindparam("r")).order_by(block_run.c.id)
_REQUEST_CANCEL = update(run).where(run.c.id == bindparam("b_run")).values(cancel_requested=True)
_CANCEL = (
    update(block_run)
    .where(
        block_run.c.id.in_(bindparam("b_ids", expanding=True)),
        block_run.c.state.in_(
            [s for s in sources(BlockRunState.CANCELLED, ended=False) if s != BlockRunState.RUNNING]
        ),
    )
    .values(state=BlockRunState.CANCELLED.value, ended_at=bindparam("b_at"))
    .returning(block_run.c.id, block_run.c.block, block_run.c.item)
)
_STOP_MAKING = (
    update(block_run)
    .where(
        block_run.c.run_id == bindparam("b_run"),
        block_run.c.item == WHOLE,
        block_run.c.items_all.is_not(None),
    )
    .values(items_all=block_run.c.items_made)
)
_REOPEN = (
    update(run)
    .where(run.c.id == bindparam("b_run"))
    .values(
        state=RunState.QUEUED.value,
        snapshot=bindparam("b_snapshot"),
        held=False,
        ended_at=None,
        cancel_requested=False,
        failed_block=None,
        error=None,
    )
)
MOST_IDS = 500
"""How many rows one statement names."""


def cancel_run(tx: Transaction, run_id: str, actor: str) -> list[tuple[str, int]]:
    """Cancel a run: what waits is cancelled at once, what runs must be stopped by its node.

    Returns:
        The attempts to stop, as (block run, token).

    Raises:
        NotFoundError: when there is no such run.
        ConflictError: when it has ended.
    """
    row = lock_run(tx, run_id)
    if RunState(row.state).ended:
        raise ConflictError(f"{row.pipeline} #{row.number} has ended: it is {row.state}.", "ended")
    facts = tx.facts(run_id)
    tx.execute(_REQUEST_CANCEL, {"b_run": run_id})
    timers.drop_kind(tx, timers.EXPAND, run_id)
    tx.execute(_STOP_MAKING, {"b_run": run_id})
    rows = tx.execute(_BLOCK_RUNS, {"r": run_id}).all()
    running = [item for item in rows if item.state == BlockRunState.RUNNING]
    plan = tx.plan(row.project_id, row.snapshot)
    # What stands for running items, and what is called when running blocks end, waits for them.
    kept = {(item.block, WHOLE) for item in running}
    for item in running:
        for callback in plan.callbacks[item.block]:
            kept.add((callback, WHOLE))
            kept.add((callback, plan.callback_item(callback, item.block, item.item)))
    ids = [
        item.id
        for item in rows
        if (item.block, item.item) not in kept and not BlockRunState(item.state).ended
    ]
    wave = Wave(tx, facts, plan)
    for start in range(0, len(ids), MOST_IDS):
        part = ids[start : start + MOST_IDS]
        timers.drop_all(tx, part)
        for changed in tx.execute(_CANCEL, {"b_ids": part, "b_at": tx.now}).all():
            state = BlockRunState.CANCELLED
            tx.item_event(facts, changed.id, changed.block, changed.item, state, actor=actor)
    wave.recount()
    settle_run(tx, facts)
    return [(item.id, item.token) for item in running]


def retry_run(tx: Transaction, run_id: str, snapshot: Snapshot | None, actor: str) -> None:
    """Let a run go on with what has not succeeded.

    Args:
        tx: the change.
        run_id: the run.
        snapshot: today's files, for what runs from now on; None keeps the run's own.
        actor: who asked for it.

    Raises:
        NotFoundError: when there is no such run.
        ConflictError: when it has not ended, or everything in it succeeded.
    """
    row = lock_run(tx, run_id)
    name = f"{row.pipeline} #{row.number}"
    if not RunState(row.state).ended:
        raise ConflictError(f"{name} has not ended yet. Cancel it first, or wait.", "not-ended")
    if snapshot is None and not row.snapshot:
        raise ConflictError(
            f"{name} never began: its files could not be read. Retry it with today's code.",
            "no-snapshot",
        )
    if snapshot is not None:
        add_snapshot(tx, row.project_id, snapshot)
        plan = PlanView.of(snapshot)
    else:
        plan = tx.plan(row.project_id, row.snapshot)
    check_plan(plan, row.pipeline)
    if not again.reset(tx, row, plan):
        raise ConflictError(
            f"Everything in {name} succeeded: there is nothing to retry. Start a new run.",
            "nothing-to-retry",
        )
    tx.execute(_REOPEN, {"b_run": run_id, "b_snapshot": plan.snapshot.hash})
    facts = tx.facts(run_id)
    tx.run_event(facts, RunState.QUEUED, actor=actor, payload={"retry": True})
    wave = Wave(tx, facts, plan)
    wave.open_all()
    wave.make()
    wave.recount()
    if not start_roots(tx, facts):
        settle_run(tx, facts)
