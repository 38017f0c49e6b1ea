"""What an attempt is given: the products of the blocks above, and what a callback is called for."""

from __future__ import annotations

import json
from collections import defaultdict
from itertools import accumulate

from sqlalchemy import bindparam, func, select

from mage_jlab.domain.attempt import Guarded, StoredProduct, UpstreamProducts
from mage_jlab.domain.fan import WHOLE, item_key, item_place, shown_item
from mage_jlab.domain.run import BlockError
from mage_jlab.store.ledger.dimensions import opened
from mage_jlab.store.ledger.facts import RunFacts
from mage_jlab.store.ledger.plans import PlanView
from mage_jlab.store.ledger.tables import attempt, block_run, product
from mage_jlab.store.ledger.transaction import Transaction

_OF_ITEM = (
    select(product.c.id, product.c.manifest)
    .join(block_run, block_run.c.id == product.c.block_run_id)
    .where(
        block_run.c.run_id == bindparam("r"),
        block_run.c.block == bindparam("b"),
        block_run.c.item == bindparam("i"),
    )
    .order_by(product.c.position)
)
_OF_ITEMS = (
    select(block_run.c.item, product.c.id, product.c.manifest)
    .outerjoin(product, product.c.block_run_id == block_run.c.id)
    .where(
        block_run.c.run_id == bindparam("r"),
        block_run.c.block == bindparam("b"),
        block_run.c.item != WHOLE,
        block_run.c.state == "success",
    )
    .order_by(block_run.c.item, product.c.position)
)
_BEFORE = select(func.count()).where(
    block_run.c.run_id == bindparam("r"),
    block_run.c.block == bindparam("b"),
    block_run.c.item != WHOLE,
    block_run.c.item < bindparam("i"),
)
_GUARDED = (
    select(block_run.c.state, block_run.c.item_name, attempt.c.error)
    .outerjoin(
        attempt,
        (attempt.c.block_run_id == block_run.c.id) & (attempt.c.token == block_run.c.token),
    )
    .where(
        block_run.c.run_id == bindparam("r"),
        block_run.c.block == bindparam("b"),
        block_run.c.item == bindparam("i"),
    )
)
_GOOD = "success"


def gather(
    tx: Transaction, facts: RunFacts, plan: PlanView, block: str, item: str
) -> tuple[list[UpstreamProducts], Guarded | None]:
    """Give the visible products above an item in order, and what a callback is called for.

    Args:
        tx: the change.
        facts: the run.
        plan: the plan that the block runs by.
        block: the block.
        item: its item's key.
    """
    if plan.is_callback(block):
        return _called_for(tx, facts, plan, block, item)
    fan = plan.fan
    place = item_place(item) if item else ()
    inputs = []
    for parent in plan.parents(block):
        if fan.picks(parent, block):
            outer = fan.project(place, block, fan.outer(parent))
            number = fan.project(place, block, [parent])[0]
            inputs.append(_picked(tx, facts, plan, parent, item_key(outer), number))
        elif fan.by_item(parent, block):
            key = item_key(fan.project(place, block, fan.dims[parent]))
            inputs.append(_of_item(tx, facts, parent, key))
        elif fan.dims[parent]:
            inputs.append(_of_items(tx, facts, parent))
        else:
            inputs.append(_of_item(tx, facts, parent, WHOLE))
    return inputs, None


def item_index(
    tx: Transaction, facts: RunFacts, plan: PlanView, block: str, item: str
) -> int | None:
    """Give an item's place among all items of its block, from 0; None for a plain block run."""
    if item == WHOLE or plan.is_callback(block):
        return None
    if len(plan.fan.dims[block]) == 1:
        return item_place(item)[0]
    return int(tx.execute(_BEFORE, {"r": facts.id, "b": block, "i": item}).scalar_one())


def _of_item(tx: Transaction, facts: RunFacts, block: str, item: str) -> UpstreamProducts:
    def read() -> UpstreamProducts:
        rows = tx.execute(_OF_ITEM, {"r": facts.id, "b": block, "i": item})
        products = [tx.stored(row.id, row.manifest) for row in rows]
        return UpstreamProducts(block=block, products=products)

    # many items that are claimed at once read the same
    return tx.once((facts.id, block, item), read)


def _of_items(tx: Transaction, facts: RunFacts, block: str) -> UpstreamProducts:
    """Give the products of all items of a block, item by item; of one without any an empty list."""
    found: dict[str, list[StoredProduct]] = defaultdict(list)
    for row in tx.execute(_OF_ITEMS, {"r": facts.id, "b": block}):
        own = found[row.item]
        if row.manifest is not None:
            own.append(StoredProduct.model_validate_json(row.manifest))
    return UpstreamProducts(block=block, items=list(found.values()))


def _picked(
    tx: Transaction, facts: RunFacts, plan: PlanView, block: str, item: str, number: int
) -> UpstreamProducts:
    """Give what a dynamic block returned, and which of its values an item takes."""
    if block in plan.fan.reduced and plan.fan.dims[block]:
        # the values of all its items stand behind each other
        counts = {key: fan["count"] for key, fan in opened(tx, facts.id, block).items()}
        ends = list(accumulate(counts.values()))
        index = next(index for index, end in enumerate(ends) if number < end)
        item = list(counts)[index]
        number -= ends[index - 1] if index else 0
    found = _of_item(tx, facts, block, item)
    return found.model_copy(update={"pick": number})


def _called_for(
    tx: Transaction, facts: RunFacts, plan: PlanView, callback: str, item: str
) -> tuple[list[UpstreamProducts], Guarded | None]:
    parents = plan.parents(callback)
    if not parents:
        return [], None
    # several guarded blocks, or items of one, are told apart by the key: ``block``, ``block.key``
    block, own = parents[0], WHOLE
    if item:
        block = next(p for p in sorted(parents, key=len, reverse=True) if _is_of(item, p))
        own = item[len(block) + 1 :]
    row = tx.execute(_GUARDED, {"r": facts.id, "b": block, "i": own}).first()
    if row is None:
        return [], None
    guarded = Guarded(
        block=block,
        item=shown_item(own, row.item_name),
        state=row.state,
        error=None if row.error is None else BlockError.model_validate(json.loads(row.error)),
    )
    inputs = [_of_item(tx, facts, block, own)] if row.state == _GOOD else []
    return inputs, guarded


def _is_of(item: str, block: str) -> bool:
    return item == block or item.startswith(f"{block}.")
