"""Cancelling a run, and letting a run that ended go on with what has not succeeded."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Row, bindparam, delete, select, update

from mage_jlab.domain.errors import ConflictError, NotFoundError
from mage_jlab.domain.plan import Snapshot
from mage_jlab.domain.run import BlockRunState, RunState
from mage_jlab.store.ledger import timers
from mage_jlab.store.ledger.creating import add_block_runs, add_snapshot, check_plan
from mage_jlab.store.ledger.ending import settle_run, start_roots
from mage_jlab.store.ledger.plans import PlanView
from mage_jlab.store.ledger.states import sources
from mage_jlab.store.ledger.tables import attempt, block_run, run
from mage_jlab.store.ledger.transaction import Transaction

_LOCK_RUN = select(run).where(run.c.id == bindparam("r")).with_for_update()
_BLOCK_RUNS = select(block_run).where(block_run.c.run_id == bindparam("r")).order_by(block_run.c.id)
_REQUEST_CANCEL = update(run).where(run.c.id == bindparam("b_run")).values(cancel_requested=True)
_CANCEL = (
    update(block_run)
    .where(
        block_run.c.run_id == bindparam("b_run"),
        block_run.c.state.in_(
            [s for s in sources(BlockRunState.CANCELLED, ended=False) if s != BlockRunState.RUNNING]
        ),
    )
    .values(state=BlockRunState.CANCELLED.value, ended_at=bindparam("b_at"))
    .returning(block_run.c.id, block_run.c.block)
)
_AGAIN = (
    update(block_run)
    .where(block_run.c.id == bindparam("b_id"))
    .values(
        state=BlockRunState.PENDING.value,
        deps_left=bindparam("b_deps"),
        snapshot=bindparam("b_snapshot"),
        code_hash=bindparam("b_code"),
        position=bindparam("b_position"),
        ready_at=None,
        ended_at=None,
        error_count=0,
        crash_count=0,
    )
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
_DROP_ATTEMPTS = delete(attempt).where(attempt.c.block_run_id == bindparam("b_id"))
_DROP = delete(block_run).where(block_run.c.id == bindparam("b_id"))


def lock_run(tx: Transaction, run_id: str) -> Row[Any]:
    """Lock a run, the mutex of everything inside it.

    Raises:
        NotFoundError: when there is none.
    """
    row = tx.execute(_LOCK_RUN, {"r": run_id}).first()
    if row is None:
        raise NotFoundError(f"There is no run {run_id}.")
    return row


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
    for changed in tx.execute(_CANCEL, {"b_run": run_id, "b_at": tx.now}).all():
        timers.drop(tx, changed.id)
        tx.block_event(facts, changed.id, changed.block, BlockRunState.CANCELLED, actor=actor)
    settle_run(tx, facts)
    rows = tx.execute(_BLOCK_RUNS, {"r": run_id}).all()
    return [(item.id, item.token) for item in rows if item.state == BlockRunState.RUNNING]


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
    if not _reset(tx, row, plan):
        raise ConflictError(
            f"Everything in {name} succeeded: there is nothing to retry. Start a new run.",
            "nothing-to-retry",
        )
    tx.execute(_REOPEN, {"b_run": run_id, "b_snapshot": plan.snapshot.hash})
    facts = tx.facts(run_id)
    tx.run_event(facts, RunState.QUEUED, actor=actor, payload={"retry": True})
    if not start_roots(tx, facts):
        settle_run(tx, facts)


def _reset(tx: Transaction, owner: Row[Any], plan: PlanView) -> bool:
    """Set back what has not succeeded and add what is new; False when there is nothing."""
    rows = {row.block: row for row in tx.execute(_BLOCK_RUNS, {"r": owner.id})}
    again_from = sources(BlockRunState.PENDING, ended=True)
    again = {block for block, row in rows.items() if row.state in again_from}
    added: set[str] = set()
    if owner.blocks is None:
        added = {block for block in plan.blocks if block not in rows}
    elif not rows:
        added = set(json.loads(owner.blocks)) & set(plan.blocks)
    waiting = (again & set(plan.blocks)) | added
    deps = {
        block: sum(parent in waiting for parent in plan.parents(block)) for block in plan.blocks
    }
    positions = {block: position for position, block in enumerate(plan.blocks)}
    for block in sorted(again):
        row = rows[block]
        if block not in plan.blocks:
            # The pipeline has this block no more: the run goes on as if it had never been in it.
            tx.execute(_DROP_ATTEMPTS, {"b_id": row.id})
            tx.execute(_DROP, {"b_id": row.id})
            continue
        tx.execute(
            _AGAIN,
            {
                "b_id": row.id,
                "b_deps": deps[block],
                "b_snapshot": plan.snapshot.hash,
                "b_code": plan.blocks[block].code,
                "b_position": positions[block],
            },
        )
        tx.block_event(tx.facts(owner.id), row.id, block, BlockRunState.PENDING)
    add_block_runs(tx, owner.id, plan, added, deps)
    return bool(waiting)
