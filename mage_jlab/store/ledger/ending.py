"""What follows when a block run ends: those below it, the run, and the run that waited for it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import bindparam, case, exists, func, select, update

from mage_jlab.domain.run import BlockRunState, RunState
from mage_jlab.store.ledger.facts import RunFacts
from mage_jlab.store.ledger.plans import PlanView
from mage_jlab.store.ledger.states import sources
from mage_jlab.store.ledger.tables import block_run, run
from mage_jlab.store.ledger.transaction import Transaction

_PENDING = BlockRunState.PENDING.value
_LIVE = [RunState.QUEUED.value, RunState.RUNNING.value]

PASS_ON = (
    update(block_run)
    .where(
        block_run.c.run_id == bindparam("b_run"),
        block_run.c.block.in_(bindparam("b_blocks", expanding=True)),
        block_run.c.state == _PENDING,
    )
    .values(
        deps_left=block_run.c.deps_left - 1,
        state=case(
            (block_run.c.deps_left <= 1, BlockRunState.READY.value), else_=block_run.c.state
        ),
        ready_at=case((block_run.c.deps_left <= 1, bindparam("b_at")), else_=None),
    )
    .returning(block_run.c.id, block_run.c.block, block_run.c.state)
)
_END_BELOW = (
    update(block_run)
    .where(
        block_run.c.run_id == bindparam("b_run"),
        block_run.c.block.in_(bindparam("b_blocks", expanding=True)),
        block_run.c.state.in_(bindparam("b_from", expanding=True)),
    )
    .values(state=bindparam("b_state"), ended_at=bindparam("b_at"))
    .returning(block_run.c.id, block_run.c.block)
)
_STATES = (
    select(block_run.c.state, block_run.c.block, block_run.c.type)
    .where(block_run.c.run_id == bindparam("r"))
    .order_by(block_run.c.position)
)
_CANCELLING = select(run.c.cancel_requested).where(run.c.id == bindparam("r"))
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
        block_run.c.state == _PENDING,
        block_run.c.deps_left == 0,
    )
    .values(state=BlockRunState.READY.value, ready_at=bindparam("b_at"))
    .returning(block_run.c.id, block_run.c.block)
)


def pass_on(tx: Transaction, facts: RunFacts, plan: PlanView, block: str) -> bool:
    """Tell the blocks right below that one above has ended well; True when one became ready."""
    children = plan.children.get(block)
    if not children:
        return False
    rows = tx.execute(PASS_ON, {"b_run": facts.id, "b_blocks": children, "b_at": tx.now}).all()
    ready = [row for row in rows if row.state == BlockRunState.READY]
    for row in ready:
        tx.block_event(facts, row.id, row.block, BlockRunState.READY)
    return bool(ready)


def skip_below(tx: Transaction, facts: RunFacts, plan: PlanView, block: str) -> None:
    """End all blocks below a condition that was false."""
    _end_blocks(tx, facts, plan.below(block), BlockRunState.CONDITION_FALSE)


def fail_below(
    tx: Transaction, facts: RunFacts, plan: PlanView, block: str, state: BlockRunState
) -> None:
    """End all blocks below one that did not succeed; independent branches go on."""
    cancelled = state is BlockRunState.CANCELLED
    end = BlockRunState.CANCELLED if cancelled else BlockRunState.UPSTREAM_FAILED
    _end_blocks(tx, facts, plan.below(block), end)


def note_failure(tx: Transaction, facts: RunFacts, block: str) -> None:
    """Write the first block that failed on its run."""
    tx.execute(_NOTE_FAILURE, {"b_run": facts.id, "b_block": block})


def _end_blocks(
    tx: Transaction, facts: RunFacts, blocks: Iterable[str], state: BlockRunState
) -> None:
    names = sorted(blocks)
    if not names:
        return
    # A running block is never ended from outside: its own attempt's outcome does it.
    begun = [s for s in sources(state, ended=False) if s != BlockRunState.RUNNING]
    values = {
        "b_run": facts.id,
        "b_blocks": names,
        "b_from": begun,
        "b_state": state.value,
        "b_at": tx.now,
    }
    for row in tx.execute(_END_BELOW, values).all():
        tx.block_event(facts, row.id, row.block, state)


def settle_run(tx: Transaction, facts: RunFacts) -> RunState | None:
    """End the run when all its block runs have ended; None while it goes on."""
    rows = tx.execute(_STATES, {"r": facts.id}).all()
    if any(not BlockRunState(row.state).ended for row in rows):
        return None
    cancelling = bool(tx.execute(_CANCELLING, {"r": facts.id}).scalar())
    state = run_end({(row.block, row.type): BlockRunState(row.state) for row in rows}, cancelling)
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
        if not (type_ == "chart" and state is BlockRunState.FAILED)
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
        tx.block_event(facts, row.id, row.block, BlockRunState.READY)
    return len(rows)
