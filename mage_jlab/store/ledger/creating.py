"""Creating runs: all rows of a run in one transaction, ready to be claimed."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, func, insert, select
from sqlalchemy.dialects.postgresql import insert as upsert_postgresql
from sqlalchemy.dialects.sqlite import insert as upsert_sqlite

from mage_jlab.domain.attempt import StoredProduct
from mage_jlab.domain.errors import NotFoundError, UnprocessableError
from mage_jlab.domain.fan import WHOLE
from mage_jlab.domain.plan import Snapshot
from mage_jlab.domain.run import BlockError, BlockRunState, RunState
from mage_jlab.store.ledger.completing import write_products
from mage_jlab.store.ledger.ending import start_roots
from mage_jlab.store.ledger.ids import new_id
from mage_jlab.store.ledger.items import new_row
from mage_jlab.store.ledger.plans import PlanView
from mage_jlab.store.ledger.run_choice import check_plan, chosen_blocks, reused_products
from mage_jlab.store.ledger.tables import block_run, product, project, run
from mage_jlab.store.ledger.tables import snapshot as snapshots
from mage_jlab.store.ledger.transaction import Transaction
from mage_jlab.store.ledger.wave import Wave

_LOCK_PROJECT = select(project.c.id).where(project.c.id == bindparam("p")).with_for_update()
_NUMBER = select(func.coalesce(func.max(run.c.number), 0) + 1).where(
    run.c.project_id == bindparam("p"), run.c.pipeline == bindparam("l")
)
_PRODUCT = (
    select(
        product.c.manifest,
        product.c.pruned_at,
        block_run.c.id.label("block_run"),
        block_run.c.item,
        block_run.c.item_name,
        block_run.c.decided,
        block_run.c.origin,
    )
    .join(block_run, block_run.c.id == product.c.block_run_id)
    .where(product.c.id == bindparam("b"))
    .with_for_update(read=True, of=product)
)
_BLOCK_RUNS = insert(block_run).inline()


@dataclass(frozen=True)
class NewRun:
    """What a new run is made of.

    ``blocks`` are the blocks to run, None for all; ``reuse`` gives the ids of the products that
    stand for a block above that is left out. ``nominal_key`` makes a schedule's run unique;
    ``held`` runs wait for others of their trigger. Times in microseconds.
    """

    project: str
    pipeline: str
    variables: dict[str, Any] = field(default_factory=dict)
    blocks: Sequence[str] | None = None
    reuse: Mapping[str, Sequence[str]] = field(default_factory=dict)
    actor: str = "engine"
    trigger: str | None = None
    trigger_name: str | None = None
    schedule: str | None = None
    nominal_key: str | None = None
    nominal_at: int | None = None
    interval_end: int | None = None
    held: bool = False


def create_run(tx: Transaction, new: NewRun, snapshot: Snapshot) -> str | None:
    """Make a run of a snapshot with its block runs.

    Returns:
        The run's id; None when its schedule has made a run for this nominal time already.

    Raises:
        NotFoundError: when the project or a block is not known.
        UnprocessableError: when there is nothing to run, or a block above is left out and has no
            product to stand for it.
    """
    plan = PlanView.of(snapshot)
    check_plan(plan, new.pipeline)
    chosen = chosen_blocks(plan, new.blocks)
    reused = reused_products(plan, chosen, new.reuse)
    add_snapshot(tx, new.project, snapshot)
    run_id = _add_run(tx, new, snapshot.hash, {**snapshot.plan.variables, **new.variables})
    if run_id is None:
        return None
    add_block_runs(tx, run_id, plan, chosen, chosen)
    for block, product_ids in reused.items():
        _add_cached(tx, run_id, plan, block, product_ids)
    facts = tx.facts(run_id)
    tx.run_event(facts, RunState.QUEUED, actor=new.actor)
    if any(plan.fan.dims[block] for block in reused) or plan.fan.dynamic & reused.keys():
        Wave(tx, facts, plan).open_all()
    if not new.held:
        start_roots(tx, facts)
    return run_id


def record_failed_run(tx: Transaction, new: NewRun, error: BlockError) -> str | None:
    """Make a run that failed before it began: its project's files could not be read.

    Returns:
        The run's id; None when its schedule has made a run for this nominal time already.
    """
    run_id = _add_run(tx, new, "", new.variables, error)
    if run_id is not None:
        tx.run_event(tx.facts(run_id), RunState.FAILED, actor=new.actor)
    return run_id


def add_snapshot(tx: Transaction, project_id: str, snapshot: Snapshot) -> None:
    """Write the manifest of a snapshot, once.

    Raises:
        NotFoundError: when the project is not known.
    """
    row = {
        "hash": snapshot.hash,
        "project_id": project_id,
        "manifest": snapshot.model_dump_json(),
        "created_at": tx.now,
    }
    upsert = upsert_postgresql if tx.dialect == "postgresql" else upsert_sqlite
    _require_project(tx, project_id)
    tx.execute(upsert(snapshots).on_conflict_do_nothing(), row)


def _require_project(tx: Transaction, project_id: str) -> None:
    if tx.execute(_LOCK_PROJECT, {"p": project_id}).first() is None:
        raise NotFoundError(f"No project {project_id} was opened on this engine.")


def _add_run(
    tx: Transaction,
    new: NewRun,
    snapshot_hash: str,
    variables: dict[str, Any],
    error: BlockError | None = None,
) -> str | None:
    # The project's row is held, so that two runs of a pipeline never get one number.
    _require_project(tx, new.project)
    number = tx.execute(_NUMBER, {"p": new.project, "l": new.pipeline}).scalar_one()
    run_id = new_id()
    row = {
        "id": run_id,
        "number": number,
        "project_id": new.project,
        "pipeline": new.pipeline,
        "snapshot": snapshot_hash,
        "blocks": None if new.blocks is None else json.dumps(sorted(new.blocks)),
        "trigger_id": new.trigger,
        "trigger_name": new.trigger_name,
        "schedule_id": new.schedule,
        "nominal_key": new.nominal_key,
        "nominal_at": new.nominal_at,
        "interval_end": new.interval_end,
        "state": (RunState.QUEUED if error is None else RunState.FAILED).value,
        "held": new.held and error is None,
        "priority": 0,
        "variables": json.dumps(variables),
        "actor": new.actor,
        "created_at": tx.now,
        "ended_at": None if error is None else tx.now,
        "cancel_requested": False,
        "error": None if error is None else error.model_dump_json(),
    }
    upsert = upsert_postgresql if tx.dialect == "postgresql" else upsert_sqlite
    conflict = ["schedule_id", "nominal_key"]
    statement = upsert(run).on_conflict_do_nothing(index_elements=conflict).returning(run.c.id)
    return run_id if tx.execute(statement, row).first() is not None else None


def add_block_runs(
    tx: Transaction, run_id: str, plan: PlanView, chosen: set[str], present: Collection[str]
) -> None:
    """Add pending block runs; each waits for those of its parents that have not succeeded yet.

    A block that fans out has one row that stands for all its items, until their number is known.

    Args:
        tx: the change.
        run_id: the run.
        plan: its plan.
        chosen: the blocks to add.
        present: the blocks of this run that do not succeed before it begins.
    """
    rows = []
    for name in plan.blocks:
        if name not in chosen:
            continue
        if plan.is_callback(name):
            rows += _callback_rows(tx, run_id, plan, name, present)
            continue
        # the row that stands for all items never becomes ready itself
        waits = 1 if plan.fan.dims[name] else sum(p in present for p in plan.parents(name))
        rows.append(new_row(tx, run_id, plan, name, WHOLE, None, BlockRunState.PENDING, waits))
    if rows:
        tx.execute(_BLOCK_RUNS, rows)


def _callback_rows(
    tx: Transaction, run_id: str, plan: PlanView, callback: str, present: Collection[str]
) -> list[dict[str, Any]]:
    """Give the rows of a callback: one for each block that it guards; items get theirs later."""
    pending = BlockRunState.PENDING
    guarded = plan.parents(callback)
    if not plan.has_items(callback):
        waits = sum(parent in present for parent in guarded)
        return [new_row(tx, run_id, plan, callback, WHOLE, None, pending, waits)]
    plain = [parent for parent in guarded if not plan.fan.dims[parent]]
    whole = new_row(tx, run_id, plan, callback, WHOLE, None, pending, 1)
    count = len(plain)
    whole |= {"items_all": count, "items_made": count, "items_left": count}
    rows = [
        new_row(tx, run_id, plan, callback, parent, parent, pending, int(parent in present))
        for parent in plain
    ]
    return [whole, *rows]


def _add_cached(
    tx: Transaction, run_id: str, plan: PlanView, block: str, product_ids: list[str]
) -> None:
    """Add a block run that an earlier run's products stand for, with the items that it had."""
    row = new_row(tx, run_id, plan, block, WHOLE, None, BlockRunState.SUCCESS, 0)
    row |= {"cached": True, "decided": None, "origin": None}
    whole = dict(row)
    by_item: dict[str, tuple[dict[str, Any], list[StoredProduct]]] = {}
    for product_id in product_ids:
        found = tx.execute(_PRODUCT, {"b": product_id}).first()
        if found is None:
            raise NotFoundError(f"There is no data product {product_id}.")
        if found.pruned_at is not None:
            raise UnprocessableError(
                f"The stored data of {block} was not kept any longer. Run from {block}, or the "
                "whole pipeline.",
                "product-pruned",
            )
        if block in plan.fan.dynamic and found.decided is None:
            raise UnprocessableError(
                f"What {block} gave was made before it fanned out. Run from {block}.", "no-product"
            )
        own, stored = by_item.setdefault(
            found.item,
            (
                {
                    **row,
                    "id": whole["id"] if found.item == WHOLE else new_id(),
                    "item": found.item,
                    "item_name": found.item_name,
                    "decided": found.decided,
                    "origin": found.origin or found.block_run,
                },
                [],
            ),
        )
        stored.append(StoredProduct.model_validate_json(found.manifest))
    rows = [own for own, _ in by_item.values()]
    if plan.fan.dims[block]:
        whole |= {"items_all": len(rows), "items_made": len(rows), "items_left": 0}
    if WHOLE not in by_item:
        rows.insert(0, whole)
    tx.execute(_BLOCK_RUNS, [{**whole, **own} for own in rows])
    for own, stored in by_item.values():
        write_products(tx, own["id"], 0, stored)
