"""Timers: what is due later, as rows, so that no restart forgets it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, delete, func, insert, not_, select, update

from mage_jlab.domain.run import BlockRunState
from mage_jlab.store.ledger.ids import new_id
from mage_jlab.store.ledger.tables import block_run, timer
from mage_jlab.store.ledger.transaction import Transaction

RETRY = "retry"
TIMEOUT = "timeout"
POLL = "poll"
EXPAND = "expand"
"""More rows of items are to be made in a run, whose id is the timer's ref."""
ALLOWANCE_S = 30
"""How much later than a block's timeout its timer is due: the executor, which counts from the
moment at which a worker has the block, comes first; the timer stands for it where it cannot."""
BATCH = 500
"""The most timers that one transaction handles."""

_ADD = insert(timer).inline()
_DROP = delete(timer).where(timer.c.ref == bindparam("b_ref"))
_DROP_ALL = delete(timer).where(timer.c.ref.in_(bindparam("b_refs", expanding=True)))
_DROP_KIND = delete(timer).where(
    timer.c.ref == bindparam("b_ref"), timer.c.kind == bindparam("b_kind")
)
_DUE = (
    select(timer.c.id, timer.c.kind, timer.c.ref, timer.c.token)
    .where(not_(timer.c.done), timer.c.due_at <= bindparam("now"))
    .order_by(timer.c.due_at, timer.c.id)
    .limit(BATCH)
    .with_for_update(skip_locked=True)
)
_NEXT = select(func.min(timer.c.due_at)).where(not_(timer.c.done))
_DONE = update(timer).where(timer.c.id == bindparam("b_id")).values(done=True)
_FORGET = delete(timer).where(timer.c.done)
_WAKE = (
    update(block_run)
    .where(
        block_run.c.id == bindparam("b_id"),
        block_run.c.token == bindparam("b_token"),
        block_run.c.state == BlockRunState.RETRY_WAIT.value,
    )
    .values(state=BlockRunState.READY.value, ready_at=bindparam("now"))
    .returning(block_run.c.run_id, block_run.c.block, block_run.c.item)
)


@dataclass(frozen=True)
class Due:
    """What came due.

    How many block runs are ready again, the attempts whose time is over, and the runs in which
    rows of items are to be made.
    """

    woken: int
    overdue: list[tuple[str, int]]
    expand: list[str]


def add(tx: Transaction, kind: str, ref: str, token: int, due_at: int) -> None:
    """Set a timer for an attempt, due at a moment in microseconds."""
    tx.execute(
        _ADD,
        {
            "id": new_id(),
            "due_at": due_at,
            "kind": kind,
            "ref": ref,
            "token": token,
            "done": False,
        },
    )


def drop_kind(tx: Transaction, kind: str, ref: str) -> None:
    """Forget one kind of timers of a block run or a run."""
    tx.execute(_DROP_KIND, {"b_ref": ref, "b_kind": kind})


def drop_all(tx: Transaction, block_run_ids: list[str]) -> None:
    """Forget the timers of some block runs."""
    tx.execute(_DROP_ALL, {"b_refs": block_run_ids})


def drop(tx: Transaction, block_run_id: str) -> None:
    """Forget the timers of a block run."""
    tx.execute(_DROP, {"b_ref": block_run_id})


def fire_due(tx: Transaction) -> Due:
    """Handle the timers that are due; a timer whose attempt has passed does nothing."""
    woken = 0
    overdue: list[tuple[str, int]] = []
    expand: list[str] = []
    for row in tx.execute(_DUE, {"now": tx.now}).all():
        if row.kind == EXPAND:
            # the step that makes the rows takes the timer away
            expand.append(row.ref)
            continue
        tx.execute(_DONE, {"b_id": row.id})
        if row.kind in (RETRY, POLL):
            values = {"b_id": row.ref, "b_token": row.token, "now": tx.now}
            ready = tx.execute(_WAKE, values).first()
            if ready is not None:
                woken += 1
                facts = tx.facts(ready.run_id)
                state = BlockRunState.READY
                tx.item_event(facts, row.ref, ready.block, ready.item, state)
        else:
            overdue.append((row.ref, row.token))
    return Due(woken, overdue, expand)


def forget_done(tx: Transaction) -> None:
    """Drop the timers that were handled."""
    tx.execute(_FORGET)


def next_due(tx: Transaction) -> int | None:
    """Give when the next timer is due, in microseconds."""
    due: int | None = tx.execute(_NEXT).scalar()
    return due
