"""Reading attempts: every try of a run's blocks."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, select

from mage_jlab.domain.fan import shown_item
from mage_jlab.store.ledger.ids import maybe_moment, moment
from mage_jlab.store.ledger.rows import AttemptRow, read_error
from mage_jlab.store.ledger.tables import attempt, block_run, project, run


def read_attempts(connection: Connection, run_id: str, block: str | None) -> list[AttemptRow]:
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
