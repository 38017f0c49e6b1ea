"""The items of blocks that fan out: how many there are, and their rows, made in steps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from sqlalchemy import Row, bindparam, delete, insert, select, update

from mage_jlab.domain.fan import MOST_ITEMS, WHOLE, Place, item_key, shown_item
from mage_jlab.domain.run import BlockError, BlockRunState
from mage_jlab.store.ledger import timers
from mage_jlab.store.ledger.dimensions import dimension_counts, given_names, item_name
from mage_jlab.store.ledger.facts import RunFacts
from mage_jlab.store.ledger.ids import new_id
from mage_jlab.store.ledger.plans import PlanView
from mage_jlab.store.ledger.tables import attempt, block_run
from mage_jlab.store.ledger.transaction import Transaction

STEP = 1000
"""How many rows one transaction makes."""

_GOOD = BlockRunState.SUCCESS.value
_STANDING = select(
    block_run.c.id,
    block_run.c.block,
    block_run.c.state,
    block_run.c.decided,
    block_run.c.items_all,
    block_run.c.items_made,
).where(block_run.c.run_id == bindparam("r"), block_run.c.item == WHOLE)
_ENUMERATE = (
    update(block_run)
    .where(block_run.c.id == bindparam("b_id"))
    .values(items_all=bindparam("b_items"), items_made=0, items_left=0)
)
_MADE = (
    update(block_run)
    .where(
        block_run.c.run_id == bindparam("b_run"),
        block_run.c.block == bindparam("b_block"),
        block_run.c.item == WHOLE,
    )
    .values(
        items_all=block_run.c.items_all + bindparam("b_more"),
        items_made=block_run.c.items_made + bindparam("b_made"),
        items_left=block_run.c.items_left + bindparam("b_left"),
    )
)
_STATES = select(block_run.c.item, block_run.c.state, block_run.c.decided).where(
    block_run.c.run_id == bindparam("r"),
    block_run.c.block == bindparam("b"),
    block_run.c.item.between(bindparam("low"), bindparam("high")),
)
_ROWS = insert(block_run).inline()
_FORMER_FAILURE = delete(attempt).where(
    attempt.c.block_run_id == bindparam("b_id"), attempt.c.token == 0
)
_FAILURE = insert(attempt).inline()


@dataclass(frozen=True)
class Enumerated:
    """How many items a block has; ``id`` is the row that stands for them all."""

    id: str
    total: int
    error: BlockError | None = None


@dataclass
class Made:
    """What a step made: whether something is ready, and the blocks that got rows."""

    ready: bool = False
    blocks: list[str] = field(default_factory=list)


def enumerate_items(
    tx: Transaction, facts: RunFacts, plan: PlanView, block: str
) -> Enumerated | None:
    """Count the items of a block when all its dimensions are known; None until then.

    Args:
        tx: the change.
        facts: the run.
        plan: the run's plan.
        block: a block that fans out.
    """
    whole = standing(tx, facts)
    own = whole.get(block)
    if own is None or own.state != BlockRunState.PENDING.value or own.items_all is not None:
        return None
    if any(whole[dim].state != _GOOD for dim in plan.fan.dims[block] if dim in whole):
        return None
    total = count_items(tx, facts, plan, block)
    error = _too_many(block) if total > MOST_ITEMS else None
    if error is not None:
        row = {"block_run_id": own.id, "token": 0, "node_id": "", "started_at": tx.now,
               "ended_at": tx.now, "outcome": "failed", "error": error.model_dump_json(),
               "log_ref": ""}  # fmt: skip
        tx.execute(_FORMER_FAILURE, {"b_id": own.id})
        tx.execute(_FAILURE, row)
    else:
        tx.execute(_ENUMERATE, {"b_id": own.id, "b_items": total})
    return Enumerated(own.id, total, error)


def standing(tx: Transaction, facts: RunFacts) -> dict[str, Row[Any]]:
    """Give the rows of a run that stand for whole blocks, by block."""
    return {row.block: row for row in tx.execute(_STANDING, {"r": facts.id})}


def count_items(tx: Transaction, facts: RunFacts, plan: PlanView, block: str) -> int:
    """Count the items of a block whose dimensions are known; counting ends above the bound."""
    places = plan.fan.places(block, dimension_counts(tx, facts, plan, block))
    return sum(1 for _ in islice(places, MOST_ITEMS + 1))


def make(tx: Transaction, facts: RunFacts, plan: PlanView) -> Made:
    """Make rows of items, block by block in the order of the plan, as far as one step goes.

    A timer goes on where a step ends, so that no restart forgets it.
    """
    made = Made()
    room = STEP
    timers.drop_kind(tx, timers.EXPAND, facts.id)
    whole = standing(tx, facts)
    for block in plan.order:
        row = whole.get(block)
        if row is None or not plan.fan.dims[block] or row.items_all is None:
            continue
        if row.state != BlockRunState.PENDING.value or row.items_made >= row.items_all:
            continue
        if room <= 0:
            timers.add(tx, timers.EXPAND, facts.id, 0, tx.now)
            break
        all_places = plan.fan.places(block, dimension_counts(tx, facts, plan, block))
        places = list(islice(all_places, row.items_made, row.items_made + room))
        room -= len(places)
        _add(tx, facts, plan, row, places, whole, made)
        if row.items_made + len(places) < row.items_all:
            timers.add(tx, timers.EXPAND, facts.id, 0, tx.now)
            break
    return made


def waits(
    tx: Transaction,
    facts: RunFacts,
    plan: PlanView,
    block: str,
    places: Sequence[Place],
    whole: Mapping[str, Row[Any]],
) -> list[tuple[int, BlockRunState | None]]:
    """Say for items of a block what each waits for; a plain block has one, at no place.

    Args:
        tx: the change.
        facts: the run.
        plan: the run's plan.
        block: the block.
        places: the places of some of its items.
        whole: the rows that stand for whole blocks, by block.

    Returns:
        For each item the number of block runs above it that have not ended, and the state that it
        has at once where one above it has ended so that it never runs.
    """
    fan = plan.fan
    plain = 0
    never = stopped(plan, block, whole)
    by_item: list[tuple[tuple[str, ...], dict[str, str]]] = []
    for parent in plan.parents(block):
        if parent not in whole:
            continue
        if not fan.by_item(parent, block):
            state = BlockRunState(whole[parent].state)
            plain += state != _GOOD and not (plan.optional(parent) and state.ended)
            continue
        dims = fan.dims[parent]
        keys = [item_key(fan.project(place, block, dims)) for place in places]
        values = {"r": facts.id, "b": parent, "low": min(keys), "high": max(keys)}
        by_item.append((dims, {r.item: _state(r) for r in tx.execute(_STATES, values)}))
    found = []
    for place in places:
        above = [
            states.get(item_key(fan.project(place, block, dims)), BlockRunState.PENDING.value)
            for dims, states in by_item
        ]
        bad = next((s for s in above if s != _GOOD and BlockRunState(s).ended), None)
        left = plain + sum(state != _GOOD for state in above)
        found.append((left, never if bad is None else passed_down(BlockRunState(bad))))
    return found


def stopped(plan: PlanView, block: str, whole: Mapping[str, Row[Any]]) -> BlockRunState | None:
    """Give the state of a block that never runs because a whole block above it ended; else None.

    Args:
        plan: the run's plan.
        block: the block.
        whole: the rows that stand for whole blocks, by block.
    """
    for parent in plan.parents(block):
        row = whole.get(parent)
        if row is None or plan.optional(parent):
            continue
        state = BlockRunState(_state(row))
        # where each item has one above it, those decide
        alone = not plan.fan.by_item(parent, block) or row.items_all is None
        if alone and state.ended and state != _GOOD:
            return passed_down(state)
    return None


def passed_down(state: BlockRunState) -> BlockRunState:
    """Give the state of what never runs because of one that ended so."""
    if state in (BlockRunState.CANCELLED, BlockRunState.CONDITION_FALSE):
        return state
    return BlockRunState.UPSTREAM_FAILED


def _state(row: Row[Any]) -> str:
    if row.decided == '{"holds": false}':
        return BlockRunState.CONDITION_FALSE.value
    return str(row.state)


def _add(
    tx: Transaction,
    facts: RunFacts,
    plan: PlanView,
    own: Row[Any],
    places: Sequence[Place],
    whole: dict[str, Row[Any]],
    made: Made,
) -> None:
    """Add the rows of some items, and those of the callbacks that each of them has."""
    block = own.block
    names = given_names(tx, facts, plan, block)
    rows: list[dict[str, Any]] = []
    for place, (left, ended) in zip(
        places, waits(tx, facts, plan, block, places, whole), strict=True
    ):
        key = item_key(place)
        name = item_name(plan, block, place, names)
        state = ended or (BlockRunState.PENDING if left else BlockRunState.READY)
        made.ready = made.ready or state is BlockRunState.READY
        rows.append(new_row(tx, facts.id, plan, block, key, name, state, left))
        for callback in plan.callbacks[block]:
            called = plan.callback_item(callback, block, key)
            shown = f"{block}:{shown_item(key, name)}"
            waiting = ended or BlockRunState.PENDING
            rows.append(new_row(tx, facts.id, plan, callback, called, shown, waiting, 1))
    tx.execute(_ROWS, rows)
    for name_of_block in (block, *plan.callbacks[block]):
        mine = [row for row in rows if row["block"] == name_of_block]
        left = sum(not BlockRunState(row["state"]).ended for row in mine)
        values = {"b_run": facts.id, "b_block": name_of_block, "b_made": len(mine), "b_left": left}
        tx.execute(_MADE, {**values, "b_more": 0 if name_of_block == block else len(mine)})
        made.blocks.append(name_of_block)
    payload = {"items": own.items_all}
    tx.block_event(facts, own.id, block, BlockRunState.PENDING, payload=payload)


def new_row(
    tx: Transaction,
    run_id: str,
    plan: PlanView,
    block: str,
    item: str,
    name: str | None,
    state: BlockRunState,
    left: int,
) -> dict[str, Any]:
    """Give the row of a new block run.

    Args:
        tx: the change.
        run_id: the run.
        plan: the run's plan.
        block: the block.
        item: its item's key.
        name: the item's own name.
        state: the row's state.
        left: how many block runs it waits for.
    """
    return {
        "id": new_id(),
        "run_id": run_id,
        "block": block,
        "item": item,
        "item_name": name,
        "position": plan.position(block),
        "type": plan.blocks[block].type.value,
        "snapshot": plan.snapshot.hash,
        "state": state.value,
        "deps_left": left,
        "pool": "default",
        "priority": 0,
        "cached": False,
        "code_hash": plan.blocks[block].code,
        "ready_at": tx.now if state is BlockRunState.READY else None,
        "ended_at": tx.now if state.ended else None,
        "items_all": None,
        "items_made": None,
        "items_left": None,
    }


def _too_many(block: str) -> BlockError:
    return BlockError(
        type="TooManyItems",
        message=f"{block} would run for more than {MOST_ITEMS:,} items: let the block above return "
        "fewer values, each of them a batch of what there is to do.",
    )
