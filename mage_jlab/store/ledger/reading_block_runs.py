"""Reading block runs: those of a run, and the items of large fan-outs page by page."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, or_, select

from mage_jlab.domain.attempt import StoredProduct
from mage_jlab.domain.errors import NotFoundError
from mage_jlab.domain.fan import WHOLE, shown_item
from mage_jlab.domain.page import HARD_CAP, Page
from mage_jlab.domain.product import ProductRef
from mage_jlab.domain.run import BlockRun, BlockRunState, FanOut
from mage_jlab.store.ledger.access import page_limit
from mage_jlab.store.ledger.ids import maybe_moment
from mage_jlab.store.ledger.plans import PlanBook, PlanView
from mage_jlab.store.ledger.reading_items import (
    Items,
    first_error,
    items_of,
    read_item_cursor,
    write_item_cursor,
)
from mage_jlab.store.ledger.rows import product_ref, read_error
from mage_jlab.store.ledger.tables import attempt, block_run, product, run


class BlockRunReading:
    """Queries about block runs; it keeps the plans that it has parsed."""

    def __init__(self) -> None:
        self._plans = PlanBook()
        self._lock = threading.Lock()

    def block_runs(self, connection: Connection, run_id: str) -> list[BlockRun]:
        """Give the block runs of a run; those of large fan-outs stand as one row."""
        row = connection.execute(select(run).where(run.c.id == run_id)).first()
        return [] if row is None else self.of_run(connection, row)[0]

    def items(
        self, connection: Connection, run_id: str, block: str, limit: int, before: str | None
    ) -> Page[BlockRun]:
        """Give a page of the block runs of one block, in the order of its items.

        Raises:
            BadInputError: when the cursor is none of a page before.
        """
        owner = connection.execute(select(run).where(run.c.id == run_id)).first()
        if owner is None:
            return Page([])
        fan = items_of(connection, run_id).get(block)
        count = page_limit(limit)
        chosen = and_(block_run.c.run_id == run_id, block_run.c.block == block)
        if fan is not None and fan.total:
            chosen = and_(chosen, block_run.c.item != WHOLE)
        if before is not None:
            chosen = and_(chosen, block_run.c.item > read_item_cursor(before))
        rows = connection.execute(_rows(chosen).limit(count + 1)).all()
        shown = rows[:count]
        more = len(rows) > count
        return Page(
            self._words(connection, owner, shown, chosen, {}),
            write_item_cursor(shown[-1].item) if more else None,
        )

    def of_run(
        self, connection: Connection, owner: Row[Any]
    ) -> tuple[list[BlockRun], list[FanOut]]:
        """Give the block runs as a run shows them, and its fan-outs as wholes."""
        fans = items_of(connection, owner.id)
        listed = [block for block, fan in fans.items() if 0 < fan.total <= HARD_CAP]
        chosen = and_(
            block_run.c.run_id == owner.id,
            or_(block_run.c.item == WHOLE, block_run.c.block.in_(listed)),
        )
        rows = connection.execute(_rows(chosen)).all()
        whole = {row.block: row for row in rows if row.item == WHOLE}
        shown = [
            row
            for row in rows
            if row.item != WHOLE or row.items_all is None or row.block not in listed
        ]
        words = self._words(connection, owner, shown, chosen, fans)
        fan_outs = [
            FanOut(block=block, state=fan.state(whole[block].state), items=fan.counts)
            for block, fan in fans.items()
            if block in whole and whole[block].items_all is not None
        ]
        return words, fan_outs

    def _words(
        self,
        connection: Connection,
        owner: Row[Any],
        rows: Sequence[Row[Any]],
        chosen: ColumnElement[bool],
        fans: dict[str, Items],
    ) -> list[BlockRun]:
        products = _products(connection, chosen)
        present = {
            name
            for (name,) in connection.execute(
                select(block_run.c.block).where(
                    block_run.c.run_id == owner.id, block_run.c.item == WHOLE
                )
            )
        }
        return [
            self._block_run(
                connection, owner, row, products.get(row.id, []), present, fans.get(row.block)
            )
            for row in rows
        ]

    def _block_run(
        self,
        connection: Connection,
        owner: Row[Any],
        row: Row[Any],
        products: list[ProductRef],
        present: set[str],
        fan: Items | None,
    ) -> BlockRun:
        plan = self._plan(connection, owner.project_id, row.snapshot)
        known = plan is not None and row.block in plan.blocks
        upstream = plan.parents(row.block) if plan is not None and known else []
        whole = fan if row.item == WHOLE and row.items_all is not None else None
        state = BlockRunState(row.state) if whole is None else whole.state(row.state)
        failed = state not in (BlockRunState.SUCCESS, BlockRunState.RUNNING)
        error = read_error(row.error) if failed else None
        if whole is not None and failed and error is None:
            error = first_error(connection, owner.id, row.block)
        return BlockRun(
            block=row.block,
            block_type=row.type,
            item=shown_item(row.item, row.item_name),
            state=state,
            cached=row.cached,
            attempts=row.token - row.polls + (row.polling_since is not None),
            code=row.code_hash,
            upstream=[parent for parent in upstream if parent in present],
            items=None if whole is None else whole.counts,
            origin=row.origin_run,
            ready_at=maybe_moment(row.ready_at),
            started_at=maybe_moment(row.started_at if whole is None else whole.started_at),
            ended_at=maybe_moment(row.ended_at),
            worker_pid=row.worker_pid,
            peak_memory=row.peak_memory,
            products=products,
            error=error,
        )

    def _plan(self, connection: Connection, project_id: str, snapshot: str) -> PlanView | None:
        try:
            with self._lock:
                return self._plans.get(connection, project_id, snapshot)
        except NotFoundError:
            return None


def _rows(chosen: ColumnElement[bool]) -> Select[Any]:
    origin = block_run.alias("origin")
    return (
        select(
            block_run,
            attempt.c.worker_pid,
            attempt.c.peak_memory,
            attempt.c.error,
            origin.c.run_id.label("origin_run"),
        )
        .outerjoin(
            attempt,
            and_(
                attempt.c.block_run_id == block_run.c.id,
                attempt.c.token == block_run.c.token,
            ),
        )
        .outerjoin(origin, origin.c.id == block_run.c.origin)
        .where(chosen)
        .order_by(block_run.c.position, block_run.c.item)
    )


def _products(connection: Connection, chosen: ColumnElement[bool]) -> dict[str, list[ProductRef]]:
    rows = connection.execute(
        select(product.c.id, product.c.block_run_id, product.c.manifest)
        .join(block_run, block_run.c.id == product.c.block_run_id)
        .where(chosen)
        .order_by(product.c.position)
    )
    products: dict[str, list[ProductRef]] = defaultdict(list)
    for row in rows:
        stored = StoredProduct.model_validate_json(row.manifest)
        products[row.block_run_id].append(product_ref(row.id, stored))
    return products
