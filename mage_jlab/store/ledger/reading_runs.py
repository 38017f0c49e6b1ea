"""Reading runs."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, Select, func, or_, select, tuple_

from mage_jlab.domain.fan import WHOLE
from mage_jlab.domain.page import Page
from mage_jlab.domain.run import Run, RunMark
from mage_jlab.store.ledger.access import page_limit, read_cursor, write_cursor
from mage_jlab.store.ledger.reading_block_runs import BlockRunReading
from mage_jlab.store.ledger.rows import run_mark, run_word
from mage_jlab.store.ledger.tables import block_run, run

STRIP = 10
"""How many runs a strip shows."""


class RunReading:
    """Queries about runs.

    Args:
        block_runs: what reads their block runs.
    """

    def __init__(self, block_runs: BlockRunReading) -> None:
        self._block_runs = block_runs

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
        block_runs, fan_outs = self._block_runs.of_run(connection, row)
        counts = self._block_counts(connection, [row.id]).get(row.id, {})
        return run_word(row, counts, block_runs=block_runs, fan_outs=fan_outs)

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


def _search(statement: Select[Any], text: str) -> Select[Any]:
    found = [
        run.c.pipeline.icontains(text, autoescape=True),
        run.c.trigger_name.icontains(text, autoescape=True),
    ]
    number = text.removeprefix("#")
    if number.isdigit():
        found.append(run.c.number == int(number))
    return statement.where(or_(*found))
