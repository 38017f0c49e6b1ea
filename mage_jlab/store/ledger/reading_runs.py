"""Reading runs, their block runs and their attempts."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select, tuple_

from mage_jlab.domain.attempt import StoredProduct
from mage_jlab.domain.errors import NotFoundError
from mage_jlab.domain.fan import WHOLE, shown_item
from mage_jlab.domain.page import HARD_CAP, Page
from mage_jlab.domain.product import ProductRef
from mage_jlab.domain.run import BlockRun, BlockRunState, FanOut, Run, RunMark
from mage_jlab.store.ledger.access import page_limit, read_cursor, write_cursor
from mage_jlab.store.ledger.ids import maybe_moment, moment
from mage_jlab.store.ledger.plans import PlanBook, PlanView
from mage_jlab.store.ledger.reading_items import (
    Items,
    first_error,
    items_of,
    read_item_cursor,
    write_item_cursor,
)
from mage_jlab.store.ledger.rows import AttemptRow, product_ref, read_error, run_mark, run_word
from mage_jlab.store.ledger.tables import attempt, block_run, product, project, run

STRIP = 10
"""How many runs a strip shows."""


class RunReading:
    """Queries about runs; it keeps the plans that it has parsed."""

    def __init__(self) -> None:
        self._plans = PlanBook()
        self._lock = threading.Lock()

    def page(
        self,
        connection: Connection,
        project_id: str | None,
        pipeline: str | None,
        state: str | None,
        trigger: str | None,
        search: str | None,
        limit: int,
        before: str | None,
    ) -> Page[Run]:
        """Give a page of runs, newest first."""
        count = page_limit(limit)
        statement = select(run).order_by(run.c.created_at.desc(), run.c.id.desc()).limit(count + 1)
        if project_id is not None:
            statement = statement.where(run.c.project_id == project_id)
        if pipeline is not None:
            statement = statement.where(run.c.pipeline == pipeline)
        if state is not None:
            statement = statement.where(run.c.state == state)
        if trigger is not None:
            statement = statement.where(
                or_(run.c.trigger_id == trigger, run.c.trigger_name == trigger)
            )
        if search:
            statement = _search(statement, search)
        if before is not None:
            at, last_id = read_cursor(before)
            statement = statement.where(tuple_(run.c.created_at, run.c.id) < tuple_(at, last_id))
        rows = connection.execute(statement).all()
        shown = rows[:count]
        counts = self._block_counts(connection, [row.id for row in shown])
        more = len(rows) > count
        return Page(
            [run_word(row, counts.get(row.id, {})) for row in shown],
            write_cursor(shown[-1].created_at, shown[-1].id) if more else None,
        )

    def one(self, connection: Connection, ref: str, project_id: str | None) -> Run | None:
        """Give one run with its block runs, None when there is none."""
        statement = select(run)
        pipeline, mark, number = ref.rpartition("#")
        if ref == "last":
            statement = statement.order_by(run.c.created_at.desc(), run.c.id.desc()).limit(1)
        elif mark and number.isdigit():
            statement = statement.where(run.c.pipeline == pipeline, run.c.number == int(number))
        else:
            statement = statement.where(run.c.id == ref)
            project_id = None
        if project_id is not None:
            statement = statement.where(run.c.project_id == project_id)
        row = connection.execute(statement).first()
        if row is None:
            return None
        block_runs, fan_outs = self._block_runs_of(connection, row)
        counts = self._block_counts(connection, [row.id]).get(row.id, {})
        return run_word(row, counts, block_runs=block_runs, fan_outs=fan_outs)

    def block_runs(self, connection: Connection, run_id: str) -> list[BlockRun]:
        """Give the block runs of a run; those of large fan-outs stand as one row."""
        row = connection.execute(select(run).where(run.c.id == run_id)).first()
        return [] if row is None else self._block_runs_of(connection, row)[0]

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

    def attempts(self, connection: Connection, run_id: str, block: str | None) -> list[AttemptRow]:
        """Give every try of a run's blocks, oldest first."""
        statement = (
            select(
                attempt,
                block_run.c.block,
                block_run.c.item,
                block_run.c.item_name,
                project.c.data_root,
            )
            .join(block_run, block_run.c.id == attempt.c.block_run_id)
            .join(run, run.c.id == block_run.c.run_id)
            .join(project, project.c.id == run.c.project_id)
            .where(run.c.id == run_id)
            .order_by(attempt.c.started_at, block_run.c.position, attempt.c.token)
        )
        if block is not None:
            statement = statement.where(block_run.c.block == block)
        return [
            AttemptRow(
                block_run=row.block_run_id,
                block=row.block,
                item=shown_item(row.item, row.item_name),
                token=row.token,
                outcome=row.outcome,
                started_at=moment(row.started_at),
                ended_at=maybe_moment(row.ended_at),
                worker_pid=row.worker_pid,
                peak_memory=row.peak_memory,
                cpu=row.cpu,
                error=read_error(row.error),
                log=Path(row.data_root) / "logs" / row.log_ref,
                log_ref=row.log_ref,
            )
            for row in connection.execute(statement)
        ]

    def strips(self, connection: Connection, project_id: str) -> dict[str, list[RunMark]]:
        """Give the last runs of each pipeline, oldest first."""
        newest = (
            select(run.c.pipeline, func.max(run.c.number).label("number"))
            .where(run.c.project_id == project_id)
            .group_by(run.c.pipeline)
            .subquery()
        )
        rows = connection.execute(
            select(run)
            .join(newest, newest.c.pipeline == run.c.pipeline)
            .where(run.c.project_id == project_id, run.c.number > newest.c.number - STRIP)
            .order_by(run.c.pipeline, run.c.number)
        )
        strips: dict[str, list[RunMark]] = defaultdict(list)
        for row in rows:
            strips[row.pipeline].append(run_mark(row))
        return dict(strips)

    def counts(self, connection: Connection, project_id: str | None) -> dict[str, int]:
        """Give how many runs there are in each state."""
        statement = select(run.c.state, func.count()).group_by(run.c.state)
        if project_id is not None:
            statement = statement.where(run.c.project_id == project_id)
        return {row[0]: row[1] for row in connection.execute(statement)}

    def _block_counts(
        self, connection: Connection, run_ids: list[str]
    ) -> dict[str, dict[str, int]]:
        counts: dict[str, dict[str, int]] = defaultdict(dict)
        if run_ids:
            rows = connection.execute(
                select(block_run.c.run_id, block_run.c.state, func.count())
                .where(block_run.c.run_id.in_(run_ids), block_run.c.item == WHOLE)
                .group_by(block_run.c.run_id, block_run.c.state)
            )
            for run_id, state, count in rows:
                counts[run_id][state] = count
        return counts

    def _plan(self, connection: Connection, project_id: str, snapshot: str) -> PlanView | None:
        try:
            with self._lock:
                return self._plans.get(connection, project_id, snapshot)
        except NotFoundError:
            return None

    def _block_runs_of(
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


def _search(statement: Select[Any], text: str) -> Select[Any]:
    found = [
        run.c.pipeline.icontains(text, autoescape=True),
        run.c.trigger_name.icontains(text, autoescape=True),
    ]
    number = text.removeprefix("#")
    if number.isdigit():
        found.append(run.c.number == int(number))
    return statement.where(or_(*found))


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
