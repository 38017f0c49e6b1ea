"""Reading fan-outs: their items by state, and cursors through them."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from mage_jlab.domain.errors import BadInputError
from mage_jlab.domain.fan import WHOLE
from mage_jlab.domain.run import BlockError, BlockRunState
from mage_jlab.store.ledger.rows import read_error
from mage_jlab.store.ledger.tables import attempt, block_run

_GOING = (
    BlockRunState.RUNNING,
    BlockRunState.READY,
    BlockRunState.RETRY_WAIT,
)
"""States of items that a block as a whole has while it goes on, the first that one of them has."""


@dataclass
class Items:
    """The items of one block: by state, how many in all, and when the first began."""

    counts: dict[str, int]
    total: int
    started_at: int | None

    def state(self, whole: str) -> BlockRunState:
        """Give the state of the block as a whole.

        Args:
            whole: the state of the row that stands for all items.
        """
        if whole != BlockRunState.PENDING.value:
            return BlockRunState(whole)
        going = next((state for state in _GOING if self.counts.get(state)), None)
        if going is None and any(BlockRunState(state).ended for state in self.counts):
            return BlockRunState.RUNNING
        return going or BlockRunState.PENDING


def items_of(connection: Connection, run_id: str) -> dict[str, Items]:
    """Give the items of each block of a run that fans out, as far as their number is known."""
    standing = connection.execute(
        select(
            block_run.c.block,
            block_run.c.state,
            block_run.c.items_all,
            block_run.c.items_made,
        )
        .where(
            block_run.c.run_id == run_id,
            block_run.c.item == WHOLE,
            block_run.c.items_all.is_not(None),
        )
        .order_by(block_run.c.position)
    ).all()
    found = {row.block: Items({}, row.items_all, None) for row in standing}
    if not found:
        return {}
    counted = connection.execute(
        select(
            block_run.c.block,
            block_run.c.state,
            func.count().label("amount"),
            func.min(block_run.c.started_at).label("began"),
        )
        .where(
            block_run.c.run_id == run_id,
            block_run.c.item != WHOLE,
            block_run.c.block.in_(list(found)),
        )
        .group_by(block_run.c.block, block_run.c.state)
    )
    for row in counted:
        own = found[row.block]
        own.counts[row.state] = row.amount
        began = [at for at in (own.started_at, row.began) if at is not None]
        own.started_at = min(began, default=None)
    for row in standing:
        if row.items_all > row.items_made:
            # what has no row yet waits, or never begins, as the block does
            counts = found[row.block].counts
            counts[row.state] = counts.get(row.state, 0) + row.items_all - row.items_made
    return found


def first_error(connection: Connection, run_id: str, block: str) -> BlockError | None:
    """Give the error of the first item of a block that failed."""
    text = connection.execute(
        select(attempt.c.error)
        .join(
            block_run,
            (attempt.c.block_run_id == block_run.c.id) & (attempt.c.token == block_run.c.token),
        )
        .where(
            block_run.c.run_id == run_id,
            block_run.c.block == block,
            block_run.c.item != WHOLE,
            block_run.c.state.in_(["failed", "needs_attention"]),
            attempt.c.error.is_not(None),
        )
        .order_by(block_run.c.item)
        .limit(1)
    ).scalar()
    return read_error(text)


def write_item_cursor(item: str) -> str:
    """Give the cursor of the page after an item."""
    return base64.urlsafe_b64encode(item.encode()).decode().rstrip("=")


def read_item_cursor(cursor: str) -> str:
    """Read a cursor.

    Raises:
        BadInputError: when it is none.
    """
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True).decode()
    except ValueError:
        raise BadInputError("before must be the next of the page before.") from None
