"""How many items of one block run at a time, where its configuration says ``concurrency``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, func, literal_column, or_, select, update

from mage_jlab.domain.fan import WHOLE
from mage_jlab.domain.run import BlockRunState
from mage_jlab.store.ledger.tables import block_run
from mage_jlab.store.ledger.transaction import Transaction

Full = tuple[str, str]
"""A run and a block of it of which as many items run as may."""

# The row that stands for all items is locked, so that two nodes do not count at the same time.
_LOCK = (
    select(block_run.c.id)
    .where(
        block_run.c.run_id == bindparam("r"),
        block_run.c.block == bindparam("b"),
        block_run.c.item == WHOLE,
    )
    .with_for_update()
)
# By the index of what runs, which is short: the one of a run's blocks has every item in it.
_RUNNING = select(func.count()).where(
    block_run.c.state == literal_column("'running'"),
    block_run.c.owner_node > "",
    func.coalesce(block_run.c.run_id, "") == bindparam("r"),
    block_run.c.block == bindparam("b"),
    block_run.c.item != WHOLE,
)
_GIVE_BACK = (
    update(block_run)
    .where(block_run.c.id == bindparam("b_id"))
    .values(
        state=BlockRunState.READY.value,
        owner_node=None,
        token=block_run.c.token - 1,
        started_at=block_run.c.polling_since,
    )
)


def room(tx: Transaction, run_id: str, block: str, most: int) -> int:
    """Give how many more items of a block may run; negative when too many do.

    Args:
        tx: the change.
        run_id: the run.
        block: the block.
        most: how many of its items may run at a time.
    """
    values = {"r": run_id, "b": block}
    tx.execute(_LOCK, values)
    return most - int(tx.execute(_RUNNING, values).scalar_one())


def within_limits(
    tx: Transaction, rows: Sequence[Row[Any]]
) -> tuple[Sequence[Row[Any]], list[Full]]:
    """Make those of just claimed rows ready again that are more than their block may run.

    Args:
        tx: the change that claimed them: nobody has seen their tokens.
        rows: what was claimed.

    Returns:
        The rows that stay claimed, and the blocks that had too many.
    """
    limited: dict[Full, list[Row[Any]]] = {}
    for row in rows:
        if row.item and _most(tx, row) is not None:
            limited.setdefault((row.run_id, row.block), []).append(row)
    too_many: list[Row[Any]] = []
    full: list[Full] = []
    for (run_id, block), items in sorted(limited.items()):
        most = _most(tx, items[0])
        excess = 0 if most is None else -room(tx, run_id, block, most)
        if excess > 0:
            full.append((run_id, block))
            too_many += sorted(items, key=lambda row: str(row.item))[-excess:]
    if not full:
        return rows, []
    back = {row.id for row in too_many}
    tx.execute(_GIVE_BACK, [{"b_id": id_} for id_ in sorted(back)])
    return [row for row in rows if row.id not in back], full


def but(full: Sequence[Full]) -> list[ColumnElement[bool]]:
    """Give the conditions under which a claim passes over the items of full blocks."""
    return [
        or_(block_run.c.run_id != run_id, block_run.c.block != block, block_run.c.item == WHOLE)
        for run_id, block in full
    ]


def _most(tx: Transaction, row: Row[Any]) -> int | None:
    plan = tx.plan(tx.facts(row.run_id).project, row.snapshot)
    return plan.blocks[row.block].concurrency
