"""What dynamic blocks decided: how many items there are in each dimension, and their names."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import bindparam, select

from mage_jlab.domain.fan import WHOLE, Place, item_key, names_of
from mage_jlab.store.ledger.facts import RunFacts
from mage_jlab.store.ledger.plans import PlanView
from mage_jlab.store.ledger.tables import block_run
from mage_jlab.store.ledger.transaction import Transaction

_OPENED = (
    select(block_run.c.item, block_run.c.decided)
    .where(
        block_run.c.run_id == bindparam("r"),
        block_run.c.block == bindparam("b"),
        block_run.c.decided.is_not(None),
    )
    .order_by(block_run.c.item)
)


def opened(tx: Transaction, run_id: str, block: str) -> dict[str, dict[str, Any]]:
    """Give what a dynamic block decided, by the key of each of its items."""
    rows = tx.execute(_OPENED, {"r": run_id, "b": block})
    return {row.item: json.loads(row.decided) for row in rows}


def dimension_counts(
    tx: Transaction, facts: RunFacts, plan: PlanView, block: str
) -> dict[str, dict[str, int]]:
    """Give how many values each dimension of a block has, by dimension and outer item."""
    counts = {}
    for dim in plan.fan.dims[block]:
        found = {key: fan["count"] for key, fan in opened(tx, facts.id, dim).items()}
        reduced = dim in plan.fan.reduced
        counts[dim] = {WHOLE: sum(found.values())} if reduced else found
    return counts


def given_names(
    tx: Transaction, facts: RunFacts, plan: PlanView, block: str
) -> dict[str, dict[str, list[str | None]]]:
    """Give the names that dynamic blocks gave their values, by dimension and outer item."""
    names = {}
    for dim in plan.fan.dims[block]:
        found = {key: names_of(fan) for key, fan in opened(tx, facts.id, dim).items()}
        if dim in plan.fan.reduced:
            found = {}
        if any(found.values()):
            names[dim] = found
    return names


def item_name(
    plan: PlanView, block: str, place: Place, names: dict[str, dict[str, list[str | None]]]
) -> str | None:
    """Give an item the names of its values, with numbers where a value has none.

    Args:
        plan: the run's plan.
        block: the item's block.
        place: the item's place in each dimension.
        names: what ``given_names`` found.

    Returns:
        The name, None when no dimension has names.
    """
    if not names:
        return None
    dims = plan.fan.dims[block]
    parts = []
    for dim, number in zip(dims, place, strict=True):
        outer = item_key(plan.fan.project(place, block, plan.fan.outer(dim)))
        own = names.get(dim, {}).get(outer, [])
        parts.append((own[number] if number < len(own) else None) or str(number))
    return ":".join(parts)
