"""Claiming ready block runs for a node, and gathering what their attempts need."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    bindparam,
    exists,
    func,
    insert,
    literal_column,
    select,
    update,
)

from mage_jlab.domain.attempt import StoredProduct, UpstreamProducts
from mage_jlab.domain.run import BlockRunState, RunState
from mage_jlab.store.ledger import timers
from mage_jlab.store.ledger.facts import RunFacts
from mage_jlab.store.ledger.ids import SECOND
from mage_jlab.store.ledger.plans import PlanView
from mage_jlab.store.ledger.tables import attempt, block_run, node, pool, product, run
from mage_jlab.store.ledger.transaction import Transaction
from mage_jlab.store.paths import path_part

# Written out, not bound: a planner uses a partial index only where it sees the value.
_READY: ColumnElement[str] = literal_column("'ready'")
_RUNNING: ColumnElement[str] = literal_column("'running'")

_picked = (
    select(block_run.c.id)
    .where(
        block_run.c.state == _READY,
        block_run.c.pool == bindparam("p"),
        block_run.c.ready_at <= bindparam("now"),
    )
    .order_by(block_run.c.priority.desc(), block_run.c.ready_at, block_run.c.id)
    .limit(bindparam("k"))
    .with_for_update(skip_locked=True)
    .cte("picked")
    .prefix_with("MATERIALIZED")
)
CLAIM = (
    update(block_run)
    .values(
        state=BlockRunState.RUNNING.value,
        owner_node=bindparam("n"),
        token=block_run.c.token + 1,
        started_at=bindparam("now"),
        ended_at=None,
    )
    .where(
        block_run.c.id == _picked.c.id,
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
    )
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
_INPUTS = (
    select(block_run.c.block, product.c.manifest)
    .join(product, product.c.block_run_id == block_run.c.id)
    .where(
        block_run.c.run_id == bindparam("r"),
        block_run.c.block.in_(bindparam("parents", expanding=True)),
    )
    .order_by(block_run.c.position, block_run.c.item, product.c.position)
)


@dataclass(frozen=True)
class Claim:
    """A block run that a node has claimed: its token, and all that an attempt of it needs."""

    block_run: str
    token: int
    block: str
    item: str
    facts: RunFacts
    plan: PlanView
    inputs: list[UpstreamProducts]
    log_ref: str

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
    rows = tx.execute(
        CLAIM, {"p": pool_name, "now": tx.now, "k": limit, "n": node_id, "e": epoch}
    ).all()
    if len(rows) > limit:
        raise AssertionError(f"{len(rows)} block runs were claimed where {limit} were asked for.")
    claims = [_claimed(tx, row, going) for row in rows]
    if claims:
        tx.execute(
            _ATTEMPT,
            [
                {
                    "block_run_id": item.block_run,
                    "token": item.token,
                    "node_id": node_id,
                    "started_at": tx.now,
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
    tx.block_event(facts, row.id, row.block, BlockRunState.RUNNING, payload={"attempt": row.token})
    timeout = plan.blocks[row.block].timeout
    if timeout:
        due_at = tx.now + int((timeout + timers.ALLOWANCE_S) * SECOND)
        timers.add(tx, timers.TIMEOUT, row.id, row.token, due_at)
    folder = f"{row.run_id}/{path_part(row.block)}/{path_part(row.item) if row.item else '_'}"
    return Claim(
        block_run=row.id,
        token=row.token,
        block=row.block,
        item=row.item,
        facts=facts,
        plan=plan,
        inputs=_inputs(tx, row.run_id, plan.parents(row.block)),
        log_ref=f"{folder}/{row.token}.jsonl",
    )


def _inputs(tx: Transaction, run_id: str, parents: list[str]) -> list[UpstreamProducts]:
    """Give the visible products of the blocks above, in their order."""
    if not parents:
        return []
    products: dict[str, list[StoredProduct]] = defaultdict(list)
    for row in tx.execute(_INPUTS, {"r": run_id, "parents": parents}):
        products[row.block].append(StoredProduct.model_validate_json(row.manifest))
    return [UpstreamProducts(block=parent, products=products[parent]) for parent in parents]
