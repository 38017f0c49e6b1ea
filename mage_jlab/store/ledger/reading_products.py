"""Reading products: only what the ledger shows is visible."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from mage_jlab.domain.attempt import StoredProduct
from mage_jlab.domain.fan import WHOLE
from mage_jlab.domain.page import HARD_CAP
from mage_jlab.domain.run import RunState
from mage_jlab.store.ledger.ids import maybe_moment, moment
from mage_jlab.store.ledger.rows import ProductRow
from mage_jlab.store.ledger.tables import block_run, product, project, run


def _select() -> Select[Any]:
    return (
        select(
            product.c.id,
            product.c.manifest,
            product.c.token,
            product.c.created_at,
            product.c.pruned_at,
            product.c.block_run_id,
            block_run.c.block,
            block_run.c.code_hash,
            run.c.id.label("run"),
            run.c.number,
            run.c.pipeline,
            run.c.project_id,
            project.c.data_root,
        )
        .join(block_run, block_run.c.id == product.c.block_run_id)
        .join(run, run.c.id == block_run.c.run_id)
        .join(project, project.c.id == run.c.project_id)
    )


def products(
    connection: Connection,
    *,
    product: str | None = None,
    run: str | None = None,
    project: str | None = None,
    pipeline: str | None = None,
    block: str | None = None,
    name: str | None = None,
) -> list[ProductRow]:
    """Give products, newest run first, within a run in the order of the plan and of the results."""
    wanted = {
        _TABLES["product"].c.id: product,
        _TABLES["run"].c.id: run,
        _TABLES["run"].c.project_id: project,
        _TABLES["run"].c.pipeline: pipeline,
        block_run.c.block: block,
        _TABLES["product"].c.name: name,
    }
    statement = _select()
    for column, value in wanted.items():
        if value is not None:
            statement = statement.where(column == value)
    return [_row(found) for found in connection.execute(_ordered(statement))]


def result_ids(connection: Connection, run_id: str, block: str) -> list[str] | None:
    """Give the ids of all products of a block in a run, None unless it succeeded there."""
    own = (block_run.c.run_id == run_id, block_run.c.block == block)
    state = connection.execute(
        select(block_run.c.state).where(*own, block_run.c.item == WHOLE)
    ).scalar()
    if state != "success":
        return None
    found = connection.execute(
        select(_TABLES["product"].c.id)
        .join(block_run, block_run.c.id == _TABLES["product"].c.block_run_id)
        .where(*own)
        .order_by(block_run.c.item, _TABLES["product"].c.position)
    )
    return [row.id for row in found]


def current_run(connection: Connection, project_id: str, pipeline: str, block: str) -> str | None:
    """Give the newest successful run, by nominal time, in which a block succeeded."""
    found: str | None = connection.execute(
        select(run.c.id)
        .join(block_run, block_run.c.run_id == run.c.id)
        .where(
            run.c.project_id == project_id,
            run.c.pipeline == pipeline,
            run.c.state == RunState.SUCCESS,
            block_run.c.block == block,
            block_run.c.item == WHOLE,
            block_run.c.state == "success",
        )
        .order_by(func.coalesce(run.c.nominal_at, run.c.created_at).desc(), run.c.id.desc())
        .limit(1)
    ).scalar()
    return found


def current(connection: Connection, project_id: str, pipeline: str, block: str) -> list[ProductRow]:
    """Give a block's products in the newest successful run, by nominal time, that ran it."""
    newest = current_run(connection, project_id, pipeline, block)
    if newest is None:
        return []
    statement = _select().where(run.c.id == newest, block_run.c.block == block)
    return [_row(found) for found in connection.execute(_ordered(statement))]


def _ordered(statement: Select[Any]) -> Select[Any]:
    return statement.order_by(
        run.c.created_at.desc(),
        run.c.id.desc(),
        block_run.c.position,
        block_run.c.item,
        product.c.position,
    ).limit(HARD_CAP)


_TABLES = {"product": product, "run": run}


def _row(found: Row[Any]) -> ProductRow:
    return ProductRow(
        id=found.id,
        stored=StoredProduct.model_validate_json(found.manifest),
        root=Path(found.data_root) / "products",
        run=found.run,
        run_number=found.number,
        project=found.project_id,
        pipeline=found.pipeline,
        block=found.block,
        block_run=found.block_run_id,
        token=found.token,
        code=found.code_hash or "",
        created_at=moment(found.created_at),
        pruned_at=maybe_moment(found.pruned_at),
    )
