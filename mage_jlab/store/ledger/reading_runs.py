"""Reading runs, their block runs and their attempts."""

from __future__ import annotations

import threading
from collections import defaultdict
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Select, and_, func, or_, select, tuple_

from mage_jlab.domain.attempt import StoredProduct
from mage_jlab.domain.errors import NotFoundError
from mage_jlab.domain.page import Page
from mage_jlab.domain.product import ProductRef
from mage_jlab.domain.run import BlockRun, BlockRunState, Run, RunMark
from mage_jlab.store.ledger.access import page_limit, read_cursor, write_cursor
from mage_jlab.store.ledger.ids import maybe_moment, moment
from mage_jlab.store.ledger.plans import PlanBook, PlanView
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
        block_runs = self._block_runs_of(connection, row, None)
        counts: dict[str, int] = defaultdict(int)
        for item in block_runs:
            counts[item.state] += 1
        return run_word(row, dict(counts), block_runs=block_runs)

    def block_runs(self, connection: Connection, run_id: str, block: str | None) -> list[BlockRun]:
        """Give the block runs of a run, or those of one block."""
        row = connection.execute(select(run).where(run.c.id == run_id)).first()
        return [] if row is None else self._block_runs_of(connection, row, block)

    def attempts(self, connection: Connection, run_id: str, block: str | None) -> list[AttemptRow]:
        """Give every try of a run's blocks, oldest first."""
        statement = (
            select(attempt, block_run.c.block, block_run.c.item, project.c.data_root)
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
                item=row.item,
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
                .where(block_run.c.run_id.in_(run_ids))
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
        self, connection: Connection, owner: Row[Any], block: str | None
    ) -> list[BlockRun]:
        statement = (
            select(
                block_run,
                attempt.c.worker_pid,
                attempt.c.peak_memory,
                attempt.c.error,
            )
            .outerjoin(
                attempt,
                and_(
                    attempt.c.block_run_id == block_run.c.id,
                    attempt.c.token == block_run.c.token,
                ),
            )
            .where(block_run.c.run_id == owner.id)
            .order_by(block_run.c.position, block_run.c.item)
        )
        rows = connection.execute(statement).all()
        products = _products(connection, owner.id)
        present = {row.block for row in rows}
        return [
            self._block_run(connection, owner, row, products.get(row.id, []), present)
            for row in rows
            if block is None or row.block == block
        ]

    def _block_run(
        self,
        connection: Connection,
        owner: Row[Any],
        row: Row[Any],
        products: list[ProductRef],
        present: set[str],
    ) -> BlockRun:
        plan = self._plan(connection, owner.project_id, row.snapshot)
        known = plan is not None and row.block in plan.blocks
        upstream = plan.parents(row.block) if plan is not None and known else []
        state = BlockRunState(row.state)
        failed = state not in (BlockRunState.SUCCESS, BlockRunState.RUNNING)
        return BlockRun(
            block=row.block,
            block_type=row.type,
            item=row.item or None,
            state=state,
            cached=row.cached,
            attempts=row.token,
            code=row.code_hash,
            upstream=[parent for parent in upstream if parent in present],
            ready_at=maybe_moment(row.ready_at),
            started_at=maybe_moment(row.started_at),
            ended_at=maybe_moment(row.ended_at),
            worker_pid=row.worker_pid,
            peak_memory=row.peak_memory,
            products=products,
            error=read_error(row.error) if failed else None,
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


def _products(connection: Connection, run_id: str) -> dict[str, list[ProductRef]]:
    rows = connection.execute(
        select(product.c.id, product.c.block_run_id, product.c.manifest)
        .join(block_run, block_run.c.id == product.c.block_run_id)
        .where(block_run.c.run_id == run_id)
        .order_by(product.c.position)
    )
    products: dict[str, list[ProductRef]] = defaultdict(list)
    for row in rows:
        stored = StoredProduct.model_validate_json(row.manifest)
        products[row.block_run_id].append(product_ref(row.id, stored))
    return products
