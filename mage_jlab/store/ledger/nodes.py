"""Nodes: the engines that work on a ledger, their leases, and what they leave behind."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, insert, select, update

from mage_jlab.domain.run import BlockError, BlockRunState
from mage_jlab.store.ledger import timers
from mage_jlab.store.ledger.ending import lock_run, settle_run
from mage_jlab.store.ledger.following import follow
from mage_jlab.store.ledger.ids import SECOND, new_id
from mage_jlab.store.ledger.tables import attempt, block_run, node
from mage_jlab.store.ledger.transaction import Transaction
from mage_jlab.store.ledger.verdicts import crash_verdict

LEASE_S = 20
"""How long a node is taken for alive after it was last heard of."""
LIVE = "live"
DRAINING = "draining"
DEAD = "dead"

_RENEW = (
    update(node)
    .where(
        node.c.id == bindparam("b_id"),
        node.c.epoch == bindparam("b_epoch"),
        node.c.state.in_([LIVE, DRAINING]),
    )
    .values(expires_at=bindparam("b_expires"), last_seen_at=bindparam("b_now"))
)
_STATE = (
    update(node)
    .where(node.c.id == bindparam("b_id"), node.c.state != DEAD)
    .values(state=bindparam("b_state"), last_seen_at=bindparam("b_now"))
)
_UNFINISHED = select(node).where(node.c.state != DEAD)
_OWNED = (
    select(
        block_run,
        attempt.c.worker_pid,
        attempt.c.worker_pgid,
        attempt.c.worker_start,
    )
    .join(
        attempt,
        (attempt.c.block_run_id == block_run.c.id) & (attempt.c.token == block_run.c.token),
    )
    .where(
        block_run.c.owner_node == bindparam("n"),
        block_run.c.state == BlockRunState.RUNNING.value,
    )
    .order_by(block_run.c.run_id, block_run.c.id)
)
_TAKE_BACK = (
    update(block_run)
    .where(
        block_run.c.id == bindparam("b_id"),
        block_run.c.token == bindparam("b_token"),
        block_run.c.state == BlockRunState.RUNNING.value,
    )
    .values(
        state=bindparam("b_state"),
        owner_node=None,
        crash_count=block_run.c.crash_count + bindparam("b_crashes"),
        ready_at=bindparam("b_ready_at"),
        ended_at=bindparam("b_ended_at"),
    )
)
_CLOSE = (
    update(attempt)
    .where(
        attempt.c.block_run_id == bindparam("b_id"),
        attempt.c.token == bindparam("b_token"),
        attempt.c.outcome.is_(None),
    )
    .values(ended_at=bindparam("b_at"), outcome=bindparam("b_outcome"), error=bindparam("b_error"))
)


@dataclass(frozen=True)
class NodeRow:
    """A node: where it ran, and until when it is taken for alive (microseconds)."""

    id: str
    host: str
    boot_id: str
    pid: int
    pid_start: float
    epoch: int
    expires_at: int
    state: str


@dataclass(frozen=True)
class WorkerRow:
    """The process that ran an attempt; ``start`` (epoch seconds) tells it from a stranger."""

    block_run: str
    token: int
    pid: int
    group: int
    start: float


def register(
    tx: Transaction, *, host: str, boot_id: str, pid: int, pid_start: float, version: str
) -> NodeRow:
    """Enter this process as a live node."""
    row = NodeRow(new_id(), host, boot_id, pid, pid_start, 1, tx.now + LEASE_S * SECOND, LIVE)
    tx.execute(
        insert(node),
        {**vars(row), "version": version, "started_at": tx.now, "last_seen_at": tx.now},
    )
    return row


def renew(tx: Transaction, node_id: str, epoch: int) -> bool:
    """Renew a node's lease; False when others have declared it dead: it must stop then."""
    values = {
        "b_id": node_id,
        "b_epoch": epoch,
        "b_expires": tx.now + LEASE_S * SECOND,
        "b_now": tx.now,
    }
    return tx.execute(_RENEW, values).rowcount == 1


def set_state(tx: Transaction, node_id: str, state: str) -> None:
    """Change a node's state: draining nodes claim nothing, dead ones are over."""
    tx.execute(_STATE, {"b_id": node_id, "b_state": state, "b_now": tx.now})


def others(tx: Transaction, own_id: str | None = None) -> list[NodeRow]:
    """Give the nodes that are not dead, but for one's own."""
    return [
        NodeRow(r.id, r.host, r.boot_id, r.pid, r.pid_start, r.epoch, r.expires_at, r.state)
        for r in tx.execute(_UNFINISHED)
        if r.id != own_id
    ]


def workers_of(tx: Transaction, node_id: str) -> list[WorkerRow]:
    """Give the worker processes that were recorded for a node's running blocks."""
    return [
        WorkerRow(row.id, row.token, row.worker_pid, row.worker_pgid, row.worker_start)
        for row in tx.execute(_OWNED, {"n": node_id})
        if row.worker_pid is not None
    ]


def reap(tx: Transaction, node_id: str, reason: str) -> int:
    """Declare a node dead and take its running blocks back; gives how many.

    Each is ready again with one crash more, or needs attention: when it may run only once, or
    when its budget of crashes is used up.

    Args:
        tx: the change.
        node_id: the node.
        reason: the sentence that its attempts get as their error.
    """
    set_state(tx, node_id, DEAD)
    rows = tx.execute(_OWNED, {"n": node_id}).all()
    for run_id in sorted({row.run_id for row in rows}):
        owner = lock_run(tx, run_id)
        facts = tx.facts(run_id)
        for row in rows:
            if row.run_id != run_id:
                continue
            plan = tx.plan(facts.project, row.snapshot)
            planned = plan.blocks[row.block]
            verdict = crash_verdict(planned, row.crash_count, owner.cancel_requested)
            state = verdict.state
            if state is BlockRunState.FAILED:
                state = BlockRunState.NEEDS_ATTENTION
            if not _take_back(tx, row.id, row.token, state, verdict.crashes, "crashed", reason):
                continue
            payload = {"reason": reason}
            tx.item_event(facts, row.id, row.block, row.item, state, payload=payload)
            if state.ended:
                follow(tx, facts, plan, row.block, row.item, state)
        settle_run(tx, facts)
    return len(rows)


def release(tx: Transaction, node_id: str, known: frozenset[tuple[str, int]] = frozenset()) -> int:
    """Give back running blocks of a node that stops in order, or that it knows nothing of.

    Args:
        tx: the change.
        node_id: the node.
        known: attempts that go on, as (block run, token).

    Returns:
        How many are ready again; it counts as no crash.
    """
    released = 0
    for row in tx.execute(_OWNED, {"n": node_id}).all():
        if (row.id, row.token) in known:
            continue
        ready = BlockRunState.READY
        if _take_back(tx, row.id, row.token, ready, 0, "cancelled", "The engine stopped."):
            released += 1
            tx.item_event(tx.facts(row.run_id), row.id, row.block, row.item, ready)
    return released


def _take_back(
    tx: Transaction,
    block_run_id: str,
    token: int,
    state: BlockRunState,
    crashes: int,
    outcome: str,
    reason: str,
) -> bool:
    changed = tx.execute(
        _TAKE_BACK,
        {
            "b_id": block_run_id,
            "b_token": token,
            "b_state": state.value,
            "b_crashes": crashes,
            "b_ready_at": tx.now if state is BlockRunState.READY else None,
            "b_ended_at": tx.now if state.ended else None,
        },
    )
    if changed.rowcount == 0:
        return False
    timers.drop(tx, block_run_id)
    error = BlockError(type="Crashed", message=reason)
    tx.execute(
        _CLOSE,
        {
            "b_id": block_run_id,
            "b_token": token,
            "b_at": tx.now,
            "b_outcome": outcome,
            "b_error": error.model_dump_json(),
        },
    )
    return True
