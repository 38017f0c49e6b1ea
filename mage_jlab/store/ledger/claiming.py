"""Claiming ready block runs for a node, and gathering what their attempts need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Row,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal_column,
    select,
    update,
)
from sqlalchemy.sql.dml import ReturningUpdate

from mage_jlab.domain.attempt import Guarded, UpstreamProducts
from mage_jlab.domain.fan import WHOLE
from mage_jlab.domain.run import BlockRunState, RunState
from mage_jlab.store.ledger import timers
from mage_jlab.store.ledger.facts import RunFacts
from mage_jlab.store.ledger.gathering import gather, item_index
from mage_jlab.store.ledger.ids import SECOND
from mage_jlab.store.ledger.limiting import Full, but, room, within_limits
from mage_jlab.store.ledger.plans import PlanView
from mage_jlab.store.ledger.tables import attempt, block_run, node, pool, run
from mage_jlab.store.ledger.transaction import Transaction
from mage_jlab.store.paths import path_part

# Written out, not bound: a planner uses a partial index only where it sees the value.
_READY: ColumnElement[str] = literal_column("'ready'")
_RUNNING: ColumnElement[str] = literal_column("'running'")


def _claiming(*more: ColumnElement[bool]) -> ReturningUpdate[Any]:
    """Give the claim in its only safe form: picked and locked first, then changed."""
    picked = (
        select(block_run.c.id)
        .where(
            block_run.c.state == _READY,
            block_run.c.pool == bindparam("p"),
            block_run.c.ready_at <= bindparam("now"),
            *more,
        )
        .order_by(block_run.c.priority.desc(), block_run.c.ready_at, block_run.c.id)
        .limit(bindparam("k"))
        .with_for_update(skip_locked=True)
        .cte("picked")
        .prefix_with("MATERIALIZED")
    )
    return (
        update(block_run)
        .values(
            state=BlockRunState.RUNNING.value,
            owner_node=bindparam("n"),
            token=block_run.c.token + 1,
            # a sensor's polls are one attempt
            started_at=func.coalesce(block_run.c.polling_since, bindparam("now")),
            ended_at=None,
        )
        .where(
            block_run.c.id == picked.c.id,
            block_run.c.state == _READY,
            exists().where(
                node.c.id == bindparam("n"), node.c.epoch == bindparam("e"), node.c.state == "live"
            ),
        )
        .returning(
            block_run.c.id,
            block_run.c.run_id,
            block_run.c.block,
            block_run.c.item,
            block_run.c.token,
            block_run.c.snapshot,
            block_run.c.item_name,
            block_run.c.polls,
            block_run.c.polling_since,
        )
    )


CLAIM = _claiming()
CLAIM_ITEMS = _claiming(
    block_run.c.run_id == bindparam("r"),
    block_run.c.block == bindparam("b"),
    block_run.c.item != WHOLE,
)
_LOCK_POOL = select(pool.c.slots).where(pool.c.name == bindparam("p")).with_for_update()
_OCCUPIED = select(func.count()).where(
    block_run.c.state == _RUNNING, block_run.c.pool == bindparam("p")
)
# A run that another transaction holds is skipped: whoever completes a block in it starts it too.
_START_RUN = (
    update(run)
    .values(
        state=RunState.RUNNING.value,
        started_at=func.coalesce(run.c.started_at, bindparam("now")),
    )
    .where(
        run.c.id.in_(
            select(run.c.id)
            .where(run.c.id == bindparam("r"), run.c.state == RunState.QUEUED.value)
            .with_for_update(skip_locked=True)
        )
    )
)
_ATTEMPT = insert(attempt).inline()
_FORGET_POLL = delete(attempt).where(
    attempt.c.block_run_id == bindparam("b_id"), attempt.c.token == bindparam("b_token")
)


@dataclass(frozen=True)
class Claim:
    """A block run that a node has claimed: its token, and all that an attempt of it needs.

    ``number`` counts its attempts from 1, ``name`` is its item's own; ``polling_since`` is when a
    sensor was first asked, in microseconds; ``guarded`` is what a callback is called for;
    ``index`` is its item's place among all of its block.
    """

    block_run: str
    token: int
    block: str
    item: str
    facts: RunFacts
    plan: PlanView
    inputs: list[UpstreamProducts]
    log_ref: str
    number: int = 1
    name: str | None = None
    polling_since: int | None = None
    guarded: Guarded | None = None
    index: int | None = None

    @property
    def key(self) -> tuple[str, int]:
        """What tells attempts apart."""
        return (self.block_run, self.token)


def claim(
    tx: Transaction, node_id: str, epoch: int, limit: int, going: str | None = None
) -> list[Claim]:
    """Claim up to ``limit`` ready block runs for a node, pool by pool, never past a pool's slots.

    Nothing is claimed when the node is not live any more.

    Args:
        tx: the change.
        node_id: the node.
        epoch: its epoch: an earlier life of it claims nothing.
        limit: the most block runs to claim.
        going: a run that is known to have started.
    """
    claims: list[Claim] = []
    for name, slots in tx.pools():
        if len(claims) < limit:
            claims += _claim_in(tx, node_id, epoch, name, slots, limit - len(claims), going)
    return claims


def claim_items(tx: Transaction, node_id: str, epoch: int, limit: int, like: Claim) -> list[Claim]:
    """Claim more ready items of a fan-out, unless a pool limits how many run at a time.

    Never more than the block's own ``concurrency`` lets run.

    Args:
        tx: the change.
        node_id: the node.
        epoch: its epoch.
        limit: the most items to claim.
        like: a claimed item of the same block.
    """
    most = like.plan.blocks[like.block].concurrency
    if most is not None:
        limit = min(limit, room(tx, like.facts.id, like.block, most))
    for name, slots in tx.pools():
        if slots is None and limit > 0:
            values = {"r": like.facts.id, "b": like.block}
            rows = _rows(tx, CLAIM_ITEMS, node_id, epoch, name, limit, values)
            if rows:
                return _with_attempts(tx, node_id, rows, like.facts.id)
    return []


def _claim_in(
    tx: Transaction,
    node_id: str,
    epoch: int,
    pool_name: str,
    slots: int | None,
    limit: int,
    going: str | None,
) -> list[Claim]:
    if slots is not None:
        slots = tx.execute(_LOCK_POOL, {"p": pool_name}).scalar() or 0
        occupied = tx.execute(_OCCUPIED, {"p": pool_name}).scalar_one()
        limit = min(limit, slots - occupied)
        if limit <= 0:
            return []
    claims: list[Claim] = []
    full: list[Full] = []
    while limit > 0:
        statement = _claiming(*but(full)) if full else CLAIM
        rows = _rows(tx, statement, node_id, epoch, pool_name, limit, {})
        rows, more_full = within_limits(tx, rows)
        claims += _with_attempts(tx, node_id, rows, going)
        if not more_full:
            break
        full += more_full
        limit -= len(rows)
    return claims


def _rows(
    tx: Transaction,
    statement: Executable,
    node_id: str,
    epoch: int,
    pool_name: str,
    limit: int,
    more: dict[str, Any],
) -> Sequence[Row[Any]]:
    values = {"p": pool_name, "now": tx.now, "k": limit, "n": node_id, "e": epoch, **more}
    rows = tx.execute(statement, values).all()
    if len(rows) > limit:
        raise AssertionError(f"{len(rows)} block runs were claimed where {limit} were asked for.")
    return rows


def _with_attempts(
    tx: Transaction, node_id: str, rows: Sequence[Row[Any]], going: str | None
) -> list[Claim]:
    claims = [_claimed(tx, row, going) for row in rows]
    if claims:
        tx.execute(
            _ATTEMPT,
            [
                {
                    "block_run_id": item.block_run,
                    "token": item.token,
                    "node_id": node_id,
                    "started_at": item.polling_since or tx.now,
                    "log_ref": item.log_ref,
                }
                for item in claims
            ],
        )
    return claims


def _claimed(tx: Transaction, row: Any, going: str | None) -> Claim:
    facts = tx.facts(row.run_id)
    plan = tx.plan(facts.project, row.snapshot)
    values = {"r": row.run_id, "now": tx.now}
    if row.run_id != going and tx.execute(_START_RUN, values).rowcount:
        tx.run_event(facts, RunState.RUNNING)
    number = row.token - row.polls
    payload = {"attempt": number}
    tx.item_event(facts, row.id, row.block, row.item, BlockRunState.RUNNING, payload=payload)
    if row.polling_since is not None:
        tx.execute(_FORGET_POLL, {"b_id": row.id, "b_token": row.token - 1})
    timeout = plan.blocks[row.block].timeout
    if timeout:
        since = row.polling_since or tx.now
        due_at = max(since + int(timeout * SECOND), tx.now) + timers.ALLOWANCE_S * SECOND
        timers.add(tx, timers.TIMEOUT, row.id, row.token, due_at)
    folder = f"{row.run_id}/{path_part(row.block)}/{path_part(row.item) if row.item else '_'}"
    inputs, guarded = gather(tx, facts, plan, row.block, row.item)
    return Claim(
        block_run=row.id,
        token=row.token,
        block=row.block,
        item=row.item,
        facts=facts,
        plan=plan,
        inputs=inputs,
        log_ref=f"{folder}/{number}.jsonl",
        number=number,
        name=row.item_name,
        polling_since=row.polling_since,
        guarded=guarded,
        index=item_index(tx, facts, plan, row.block, row.item),
    )
