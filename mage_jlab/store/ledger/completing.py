"""Completing an attempt: at most one is ever visible, and what is below follows at once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, func, insert, select, tuple_, update

from mage_jlab.domain.attempt import Outcome, OutcomeKind, StoredProduct
from mage_jlab.domain.run import BlockRunState, RunState
from mage_jlab.store.ledger import timers
from mage_jlab.store.ledger.claiming import Claim
from mage_jlab.store.ledger.following import follow, follow_items, note_decision
from mage_jlab.store.ledger.ids import SECOND, micros, new_id
from mage_jlab.store.ledger.tables import attempt, block_run, product, run
from mage_jlab.store.ledger.transaction import Transaction
from mage_jlab.store.ledger.verdicts import judge

LOCK_RUN = (
    select(run.c.state, run.c.cancel_requested).where(run.c.id == bindparam("r")).with_for_update()
)
_BUDGETS = select(
    block_run.c.error_count,
    block_run.c.crash_count,
    block_run.c.started_at,
    block_run.c.polling_since,
).where(block_run.c.id == bindparam("b"), block_run.c.token == bindparam("t"))
COMPLETE = (
    update(block_run)
    .where(
        block_run.c.id == bindparam("b_id"),
        block_run.c.token == bindparam("b_token"),
        block_run.c.state == BlockRunState.RUNNING.value,
    )
    .values(
        state=bindparam("b_state"),
        owner_node=None,
        error_count=block_run.c.error_count + bindparam("b_errors"),
        crash_count=block_run.c.crash_count + bindparam("b_crashes"),
        ready_at=func.coalesce(bindparam("b_ready_at"), block_run.c.ready_at),
        ended_at=bindparam("b_ended_at"),
        polls=block_run.c.polls + bindparam("b_polls"),
        polling_since=bindparam("b_polling_since"),
    )
)
COMPLETE_ITEMS = (
    update(block_run)
    .where(
        tuple_(block_run.c.id, block_run.c.token).in_(bindparam("b_ids", expanding=True)),
        block_run.c.state == BlockRunState.RUNNING.value,
    )
    .values(state=BlockRunState.SUCCESS.value, owner_node=None, ended_at=bindparam("b_at"))
    .returning(block_run.c.id)
)
_ATTEMPT = (
    update(attempt)
    .where(
        attempt.c.block_run_id == bindparam("b_id"),
        attempt.c.token == bindparam("b_token"),
    )
    .values(
        ended_at=bindparam("b_ended_at"),
        outcome=bindparam("b_outcome"),
        error=bindparam("b_error"),
        worker_pid=func.coalesce(bindparam("b_pid"), attempt.c.worker_pid),
        peak_memory=bindparam("b_memory"),
        cpu=bindparam("b_cpu"),
    )
)
_PRODUCT = insert(product).inline()
_START_RUN = (
    update(run)
    .where(run.c.id == bindparam("b_id"), run.c.state == RunState.QUEUED.value)
    .values(
        state=RunState.RUNNING.value, started_at=func.coalesce(run.c.started_at, bindparam("b_at"))
    )
)
_WORKER = (
    update(attempt)
    .where(
        attempt.c.block_run_id == bindparam("b_id"),
        attempt.c.token == bindparam("b_token"),
    )
    .values(
        worker_pid=bindparam("b_pid"),
        worker_pgid=bindparam("b_pgid"),
        worker_start=bindparam("b_start"),
    )
)


def record_worker(
    tx: Transaction, block_run_id: str, token: int, pid: int, group: int, start: float
) -> None:
    """Write down which process runs an attempt, so that a later engine can end it."""
    tx.execute(
        _WORKER,
        {
            "b_id": block_run_id,
            "b_token": token,
            "b_pid": pid,
            "b_pgid": group,
            "b_start": start,
        },
    )


def complete_all(tx: Transaction, ended: Sequence[tuple[Claim, Outcome]]) -> list[Claim]:
    """Write how attempts ended, and all that follows; items of one block that went well together.

    Returns:
        Those that were superseded: nothing of them is written.
    """
    superseded: list[Claim] = []
    together: dict[tuple[str, str, str], list[tuple[Claim, Outcome]]] = {}
    for claim, outcome in ended:
        planned = claim.plan.blocks[claim.block]
        plain = outcome.kind is OutcomeKind.SUCCESS and outcome.opened is None
        if claim.item and plain and outcome.condition is None and not planned.timeout:
            key = (claim.facts.id, claim.plan.snapshot.hash, claim.block)
            together.setdefault(key, []).append((claim, outcome))
        elif not complete(tx, claim, outcome):
            superseded.append(claim)
    for group in together.values():
        if len(group) == 1:
            superseded += [] if complete(tx, *group[0]) else [group[0][0]]
        else:
            superseded += _complete_items(tx, group)
    return superseded


def _complete_items(tx: Transaction, group: Sequence[tuple[Claim, Outcome]]) -> list[Claim]:
    first = group[0][0]
    if tx.dialect != "sqlite":
        tx.execute(LOCK_RUN, {"r": first.facts.id})
    tokens = {claim.block_run: claim.token for claim, _ in group}
    good = {
        row.id
        for row in tx.execute(COMPLETE_ITEMS, {"b_ids": list(tokens.items()), "b_at": tx.now})
    }
    done = [(claim, outcome) for claim, outcome in group if claim.block_run in good]
    if done:
        tx.execute(_ATTEMPT, [_attempt_row(tx, claim, outcome) for claim, outcome in done])
        products = [
            product_row(tx, claim.block_run, claim.token, position, stored)
            for claim, outcome in done
            for position, stored in enumerate(outcome.products)
        ]
        if products:
            tx.execute(_PRODUCT, products)
        for claim, _ in done:
            tx.item_event(
                claim.facts, claim.block_run, claim.block, claim.item, BlockRunState.SUCCESS
            )
        follow_items(tx, first.facts, first.plan, first.block, [claim.item for claim, _ in done])
    return [claim for claim, _ in group if claim.block_run not in good]


def complete(tx: Transaction, claim: Claim, outcome: Outcome) -> bool:
    """Write how an attempt ended, and all that follows from it.

    Returns:
        False when the attempt was superseded: nothing of it is written then.
    """
    planned = claim.plan.blocks[claim.block]
    success = outcome.kind is OutcomeKind.SUCCESS
    cancelling, starting, budgets, since = False, False, (0, 0), None
    # SQLite's one writer is lock enough, and a success asks for nothing of its run.
    if tx.dialect != "sqlite" or not success:
        owner = tx.execute(LOCK_RUN, {"r": claim.facts.id}).one()
        cancelling = owner.cancel_requested
        starting = owner.state == RunState.QUEUED
    if not success:
        found = tx.execute(_BUDGETS, {"b": claim.block_run, "t": claim.token}).first()
        if found is None:
            return False
        budgets = (found.error_count, found.crash_count)
        since = found.polling_since or found.started_at
    verdict = judge(
        outcome,
        planned,
        errors=budgets[0],
        crashes=budgets[1],
        cancelling=cancelling,
        waited=None if since is None else (tx.now - since) / SECOND,
    )
    waiting = outcome.kind is OutcomeKind.WAITING and not verdict.errors
    waiting = waiting and verdict.state is BlockRunState.RETRY_WAIT
    ready_at = tx.now if verdict.state is BlockRunState.READY else None
    changed = tx.execute(
        COMPLETE,
        {
            "b_id": claim.block_run,
            "b_token": claim.token,
            "b_state": verdict.state.value,
            "b_errors": verdict.errors,
            "b_crashes": verdict.crashes,
            "b_ready_at": ready_at,
            "b_ended_at": tx.now if verdict.state.ended else None,
            "b_polls": int(waiting),
            "b_polling_since": since if waiting else None,
        },
    )
    if changed.rowcount == 0:
        return False
    if starting:
        tx.execute(_START_RUN, {"b_id": claim.facts.id, "b_at": tx.now})
    _close_attempt(tx, claim, verdict.told(outcome))
    if planned.timeout:
        timers.drop(tx, claim.block_run)
    if verdict.state is BlockRunState.RETRY_WAIT:
        due_at = tx.now + int(verdict.delay * SECOND)
        kind = timers.POLL if waiting else timers.RETRY
        timers.add(tx, kind, claim.block_run, claim.token, due_at)
    payload = {"delay": verdict.delay} if verdict.delay else None
    tx.item_event(
        claim.facts, claim.block_run, claim.block, claim.item, verdict.state, payload=payload
    )
    if verdict.state.ended:
        _follow(tx, claim, outcome, verdict.state)
    return True


def _follow(tx: Transaction, claim: Claim, outcome: Outcome, state: BlockRunState) -> None:
    """Do what the end of a block means for those below it and for the run."""
    holds = True
    if state is BlockRunState.SUCCESS:
        write_products(tx, claim.block_run, claim.token, outcome.products)
        if outcome.opened is not None:
            note_decision(tx, claim.block_run, outcome.opened)
        if outcome.condition is not None:
            holds = outcome.condition
            note_decision(tx, claim.block_run, holds)
    follow(tx, claim.facts, claim.plan, claim.block, claim.item, state, holds=holds)


def write_products(
    tx: Transaction, block_run_id: str, token: int, products: list[StoredProduct]
) -> None:
    """Make products visible."""
    if products:
        rows = [
            product_row(tx, block_run_id, token, position, stored)
            for position, stored in enumerate(products)
        ]
        tx.execute(_PRODUCT, rows)


def product_row(
    tx: Transaction, block_run_id: str, token: int, position: int, stored: StoredProduct
) -> dict[str, Any]:
    """Give the row of a product."""
    columns = stored.schema_
    return {
        "id": new_id(),
        "block_run_id": block_run_id,
        "token": token,
        "position": position,
        "name": stored.name,
        "type": stored.type.value,
        "uri": stored.uri,
        "inline": stored.inline,
        "content_hash": stored.checksum,
        "schema": None if columns is None else json.dumps([[c.name, c.type] for c in columns]),
        "rows": stored.rows,
        "bytes": stored.bytes,
        "manifest": stored.model_dump_json(),
        "created_at": tx.now,
    }


def _close_attempt(tx: Transaction, claim: Claim, outcome: Outcome) -> None:
    tx.execute(_ATTEMPT, _attempt_row(tx, claim, outcome))


def _attempt_row(tx: Transaction, claim: Claim, outcome: Outcome) -> dict[str, Any]:
    return {
        "b_id": claim.block_run,
        "b_token": claim.token,
        "b_ended_at": micros(outcome.ended_at) if outcome.ended_at else tx.now,
        "b_outcome": outcome.kind.value,
        "b_error": outcome.error.model_dump_json() if outcome.error else None,
        "b_pid": outcome.worker_pid,
        "b_memory": outcome.peak_memory,
        "b_cpu": outcome.cpu,
    }
