"""How a run ends, and the run of the same trigger that waited for it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, bindparam, exists, func, select, update

from mage_jlab.domain.errors import NotFoundError
from mage_jlab.domain.fan import WHOLE
from mage_jlab.domain.run import BlockRunState, RunState
from mage_jlab.store.ledger.facts import RunFacts
from mage_jlab.store.ledger.tables import block_run, run
from mage_jlab.store.ledger.transaction import Transaction

_LIVE = [RunState.QUEUED.value, RunState.RUNNING.value]
_HIDDEN = (
    BlockRunState.FAILED,
    BlockRunState.NEEDS_ATTENTION,
    BlockRunState.UPSTREAM_FAILED,
)
OPTIONAL = ("chart", "callback")
"""Types of blocks whose failure changes no run's state."""

_LOCK_RUN = select(run).where(run.c.id == bindparam("r")).with_for_update()
_STATES = (
    select(block_run.c.state, block_run.c.block, block_run.c.type)
    .where(block_run.c.run_id == bindparam("r"), block_run.c.item == WHOLE)
    .order_by(block_run.c.position)
)
_CANCELLING = select(run.c.cancel_requested).where(run.c.id == bindparam("r"))
_ANY_CANCELLED = select(
    exists().where(
        block_run.c.run_id == bindparam("r"), block_run.c.state == BlockRunState.CANCELLED.value
    )
)
_END_RUN = (
    update(run)
    .where(run.c.id == bindparam("b_run"), run.c.state.in_(_LIVE))
    .values(state=bindparam("b_state"), ended_at=bindparam("b_at"))
)
_NOTE_FAILURE = (
    update(run)
    .where(run.c.id == bindparam("b_run"))
    .values(failed_block=func.coalesce(run.c.failed_block, bindparam("b_block")))
)
_other = run.alias("other")
_WAITING = (
    select(run.c.id)
    .where(
        run.c.trigger_id == bindparam("t"),
        run.c.held,
        run.c.state == RunState.QUEUED.value,
        ~exists().where(
            _other.c.trigger_id == bindparam("t"),
            ~_other.c.held,
            _other.c.state.in_(_LIVE),
        ),
    )
    .order_by(run.c.created_at, run.c.id)
    .limit(1)
)
_RELEASE = update(run).where(run.c.id == bindparam("b_run")).values(held=False)
_START = (
    update(block_run)
    .where(
        block_run.c.run_id == bindparam("b_run"),
        block_run.c.state == BlockRunState.PENDING.value,
        block_run.c.deps_left == 0,
    )
    .values(state=BlockRunState.READY.value, ready_at=bindparam("b_at"))
    .returning(block_run.c.id, block_run.c.block, block_run.c.item)
)


def lock_run(tx: Transaction, run_id: str) -> Row[Any]:
    """Lock a run, the mutex of everything inside it.

    Raises:
        NotFoundError: when there is none.
    """
    row = tx.execute(_LOCK_RUN, {"r": run_id}).first()
    if row is None:
        raise NotFoundError(f"There is no run {run_id}.")
    return row


def note_failure(tx: Transaction, facts: RunFacts, block: str) -> None:
    """Write the first block that failed on its run."""
    tx.execute(_NOTE_FAILURE, {"b_run": facts.id, "b_block": block})


def settle_run(tx: Transaction, facts: RunFacts) -> RunState | None:
    """End the run when all its block runs have ended; None while it goes on."""
    rows = tx.execute(_STATES, {"r": facts.id}).all()
    if any(not BlockRunState(row.state).ended for row in rows):
        return None
    cancelling = bool(tx.execute(_CANCELLING, {"r": facts.id}).scalar())
    if cancelling and tx.execute(_ANY_CANCELLED, {"r": facts.id}).scalar():
        # one item of a callback may be all that was kept back
        state = RunState.CANCELLED
    else:
        states = {(row.block, row.type): BlockRunState(row.state) for row in rows}
        state = run_end(states, cancelling)
    changed = tx.execute(_END_RUN, {"b_run": facts.id, "b_state": state.value, "b_at": tx.now})
    if changed.rowcount:
        tx.run_event(facts, state)
        if facts.trigger is not None:
            start_waiting(tx, facts.trigger)
    return state


def run_end(states: dict[tuple[str, str], BlockRunState], cancelling: bool) -> RunState:
    """Decide how a run ended.

    Args:
        states: the last state of each (block, type).
        cancelling: whether somebody asked for its end.
    """
    found = {
        state
        for (_block, type_), state in states.items()
        if not (type_ in OPTIONAL and state in _HIDDEN)
    }
    if cancelling and BlockRunState.CANCELLED in found:
        return RunState.CANCELLED
    if BlockRunState.NEEDS_ATTENTION in found:
        return RunState.NEEDS_ATTENTION
    if found & {BlockRunState.FAILED, BlockRunState.UPSTREAM_FAILED}:
        return RunState.FAILED
    if BlockRunState.CANCELLED in found:
        return RunState.CANCELLED
    return RunState.SUCCESS


def start_waiting(tx: Transaction, trigger_id: str) -> str | None:
    """Let the first run that waits for others of its trigger go on, when none is live any more."""
    waiting = tx.execute(_WAITING, {"t": trigger_id}).scalar()
    if waiting is None:
        return None
    tx.execute(_RELEASE, {"b_run": waiting})
    start_roots(tx, tx.facts(waiting))
    return str(waiting)


def start_roots(tx: Transaction, facts: RunFacts) -> int:
    """Make the block runs ready that wait for nothing; gives how many."""
    rows = tx.execute(_START, {"b_run": facts.id, "b_at": tx.now}).all()
    for row in rows:
        tx.item_event(facts, row.id, row.block, row.item, BlockRunState.READY)
    return len(rows)
