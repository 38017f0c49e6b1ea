"""The statements by which the end of a block run reaches others of its run."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, bindparam, case, func, select, update
from sqlalchemy.sql.dml import ReturningUpdate

from mage_jlab.domain.fan import WHOLE
from mage_jlab.domain.run import BlockRunState
from mage_jlab.store.ledger.tables import block_run

PENDING = BlockRunState.PENDING.value
IN_RUN = block_run.c.run_id == bindparam("b_run")
_BLOCKS = block_run.c.block.in_(bindparam("b_blocks", expanding=True))
_READY_AT_LAST = {
    "deps_left": block_run.c.deps_left - 1,
    "state": case((block_run.c.deps_left <= 1, BlockRunState.READY.value), else_=block_run.c.state),
    "ready_at": case((block_run.c.deps_left <= 1, bindparam("b_at")), else_=None),
}
_CHANGED = (block_run.c.id, block_run.c.block, block_run.c.item, block_run.c.state)


def _pass_on(*which: ColumnElement[bool]) -> ReturningUpdate[Any]:
    """Let block runs of some blocks wait for one less, and become ready with the last."""
    return (
        update(block_run)
        .where(IN_RUN, _BLOCKS, block_run.c.state == PENDING, *which)
        .values(_READY_AT_LAST)
        .returning(*_CHANGED)
    )


def _end(*which: ColumnElement[bool]) -> ReturningUpdate[Any]:
    """End block runs of some blocks that are in given states."""
    return (
        update(block_run)
        .where(IN_RUN, _BLOCKS, block_run.c.state.in_(bindparam("b_from", expanding=True)), *which)
        .values(state=bindparam("b_state"), ended_at=bindparam("b_at"))
        .returning(*_CHANGED)
    )


PASS_ON = _pass_on(block_run.c.item == WHOLE)
PASS_ON_TO_ITEMS = _pass_on(block_run.c.item != WHOLE)
PASS_ON_TO_ITEM = _pass_on(block_run.c.item == bindparam("b_item"))
PASS_ON_TO_SOME = _pass_on(block_run.c.item.in_(bindparam("b_items", expanding=True)))
PASS_ON_TO_MATCHING = _pass_on(block_run.c.item.like(bindparam("b_item")))
END_BLOCKS = _end()
END_MATCHING = _end(block_run.c.item.like(bindparam("b_item")))
CALL = (
    update(block_run)
    .where(
        IN_RUN,
        _BLOCKS,
        block_run.c.item == bindparam("b_item"),
        block_run.c.state == PENDING,
    )
    .values(
        state=bindparam("b_state"), ready_at=bindparam("b_ready_at"), ended_at=bindparam("b_at")
    )
    .returning(*_CHANGED)
)
COUNT_DOWN = (
    update(block_run)
    .where(IN_RUN, _BLOCKS, block_run.c.item == WHOLE)
    .values(items_left=block_run.c.items_left - bindparam("b_count"))
)
RECOUNT = (
    update(block_run)
    .where(
        IN_RUN,
        block_run.c.block == bindparam("b_block"),
        block_run.c.item == WHOLE,
        block_run.c.items_all.is_not(None),
    )
    .values(items_left=bindparam("b_left"))
)
DECIDED = update(block_run).where(block_run.c.id == bindparam("b_id"))
STANDS_FOR_ALL = select(block_run).where(
    block_run.c.run_id == bindparam("r"),
    block_run.c.block == bindparam("b"),
    block_run.c.item == WHOLE,
)
ITEM_STATES = (
    select(
        block_run.c.state,
        func.count().label("amount"),
        func.min(block_run.c.started_at).label("began"),
    )
    .where(
        block_run.c.run_id == bindparam("r"),
        block_run.c.block == bindparam("b"),
        block_run.c.item != WHOLE,
    )
    .group_by(block_run.c.state)
)
END_ALL = (
    update(block_run)
    .where(block_run.c.id == bindparam("b_id"), block_run.c.state == PENDING)
    .values(state=bindparam("b_state"), started_at=bindparam("b_began"), ended_at=bindparam("b_at"))
)
UNENDED = select(func.count()).where(
    block_run.c.run_id == bindparam("r"),
    block_run.c.block.in_(bindparam("blocks", expanding=True)),
    block_run.c.item == WHOLE,
    block_run.c.state.in_([state.value for state in BlockRunState if not state.ended]),
)
