"""Cached blocks: taking the products of a former success instead of running again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, bindparam, delete, select, update

from mage_jlab.domain.attempt import StoredProduct
from mage_jlab.domain.cache import cache_key
from mage_jlab.domain.run import BlockRunState
from mage_jlab.domain.word import rfc3339
from mage_jlab.store.ledger.claiming import Claim
from mage_jlab.store.ledger.completing import write_products
from mage_jlab.store.ledger.following import follow
from mage_jlab.store.ledger.ids import moment
from mage_jlab.store.ledger.tables import attempt, block_run, product, run
from mage_jlab.store.ledger.transaction import Transaction
from mage_jlab.store.products import is_there

CANDIDATES = 3
"""How many former successes are looked at: the products of the newest may be gone."""

_FORMER = (
    select(block_run.c.id, block_run.c.decided, block_run.c.origin)
    .join(run, run.c.id == block_run.c.run_id)
    .where(
        block_run.c.input_hash == bindparam("i"),
        block_run.c.env_hash == bindparam("e"),
        block_run.c.state == BlockRunState.SUCCESS.value,
        run.c.project_id == bindparam("p"),
    )
    .order_by(block_run.c.ended_at.desc(), block_run.c.id.desc())
    .limit(CANDIDATES)
)
_PRODUCTS = (
    select(product.c.id, product.c.manifest, product.c.pruned_at)
    .where(product.c.block_run_id == bindparam("b"))
    .order_by(product.c.position)
)
_STILL_THERE = (
    select(product.c.pruned_at)
    .where(product.c.id.in_(bindparam("ids", expanding=True)))
    .with_for_update(read=True)
)
_REMEMBER = (
    update(block_run)
    .where(block_run.c.id == bindparam("b_id"))
    .values(input_hash=bindparam("b_input"), env_hash=bindparam("b_env"))
)
_REUSE = (
    update(block_run)
    .where(block_run.c.id == bindparam("b_id"))
    .values(
        state=BlockRunState.SUCCESS.value,
        owner_node=None,
        cached=True,
        # what was never tried is no attempt
        polls=block_run.c.token,
        origin=bindparam("b_origin"),
        decided=bindparam("b_decided"),
        started_at=None,
        ended_at=bindparam("b_at"),
    )
)
_NO_ATTEMPT = delete(attempt).where(
    attempt.c.block_run_id == bindparam("b_id"), attempt.c.token == bindparam("b_token")
)


@dataclass(frozen=True)
class Former:
    """A former success whose products still exist."""

    id: str
    origin: str
    decided: str | None
    products: dict[str, StoredProduct]


def find_former(
    connection: Connection, project_id: str, key: str, environment: str, products: Path
) -> Former | None:
    """Find a former success of the same code, inputs, variables and environment.

    Args:
        connection: the ledger.
        project_id: the project.
        key: the block's cache key.
        environment: the hash of its environment.
        products: the project's products folder.
    """
    values = {"i": key, "e": environment, "p": project_id}
    for row in connection.execute(_FORMER, values).all():
        rows = connection.execute(_PRODUCTS, {"b": row.id}).all()
        if any(found.pruned_at is not None for found in rows):
            continue
        stored = {found.id: StoredProduct.model_validate_json(found.manifest) for found in rows}
        if all(is_there(products, one) for one in stored.values()):
            return Former(row.id, row.origin or row.id, row.decided, stored)
    return None


def reuse(tx: Transaction, claim: Claim) -> bool:
    """Let a claimed block that is cached take the products of a former success.

    Returns:
        False when it has to run; what its result depends on is written down then.
    """
    planned = claim.plan.blocks[claim.block]
    if planned.cache is None:
        return False
    facts, plan = claim.facts, claim.plan.snapshot.plan
    nominal = rfc3339(moment(facts.nominal_at or facts.created_at))
    key = cache_key(planned, claim.inputs, facts.variables, run=facts.id, execution_date=nominal)
    assert key is not None
    former = find_former(tx.connection, facts.project, key, plan.environment, Path(plan.products))
    values = {"b_id": claim.block_run, "b_input": key, "b_env": plan.environment}
    tx.execute(_REMEMBER, values)
    if former is None:
        return False
    if any(
        row.pruned_at is not None
        for row in tx.execute(_STILL_THERE, {"ids": list(former.products)})
    ):
        return False
    tx.execute(
        _REUSE,
        {
            "b_id": claim.block_run,
            "b_origin": former.origin,
            "b_decided": former.decided,
            "b_at": tx.now,
        },
    )
    tx.execute(_NO_ATTEMPT, {"b_id": claim.block_run, "b_token": claim.token})
    write_products(tx, claim.block_run, claim.token, list(former.products.values()))
    state = BlockRunState.SUCCESS
    tx.item_event(facts, claim.block_run, claim.block, claim.item, state)
    follow(tx, facts, claim.plan, claim.block, claim.item, state)
    return True


def without_reused(
    tx: Transaction, claims: list[Claim], claim_more: Callable[[int], list[Claim]]
) -> list[Claim]:
    """Give the claims that have to run; for each one that is reused another is claimed.

    Args:
        tx: the change.
        claims: what was claimed.
        claim_more: claims at most so many more.
    """
    left: list[Claim] = []
    for _ in range(MOST_ROUNDS):
        rest = [claim for claim in claims if not reuse(tx, claim)]
        left += rest
        if len(rest) == len(claims):
            return left
        claims = claim_more(len(claims) - len(rest))
    return left + claims


MOST_ROUNDS = 500
"""How many times one change claims for what it reused; what is claimed then runs."""
