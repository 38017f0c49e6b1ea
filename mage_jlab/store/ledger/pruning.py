"""What the retention asks of the ledger: which products have files, and giving some of them up.

A product is marked first and its files are deleted after that, so that whoever dies in between
leaves rows that say what is still to be deleted.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

from sqlalchemy import Connection, bindparam, func, select, update

from mage_jlab.domain.run import RunState
from mage_jlab.store.ledger.rows import ProjectRow
from mage_jlab.store.ledger.tables import block_run, product, run
from mage_jlab.store.ledger.transaction import Transaction
from mage_jlab.store.product_places import is_remote
from mage_jlab.store.project_reader import ProjectReader
from mage_jlab.store.retention import GivenUp, Held, Kept, choose, past, read_rules
from mage_jlab.store.retention_files import room

MOST = 500
"""How many ids one statement is asked for."""

_HELD = (
    select(
        product.c.id,
        product.c.uri,
        product.c.content_hash,
        product.c.bytes,
        run.c.id.label("run"),
        run.c.pipeline,
        run.c.state,
        block_run.c.block,
        func.coalesce(run.c.nominal_at, run.c.created_at).label("at"),
        run.c.ended_at,
    )
    .join(block_run, block_run.c.id == product.c.block_run_id)
    .join(run, run.c.id == block_run.c.run_id)
    .where(
        run.c.project_id == bindparam("p"),
        product.c.uri.is_not(None),
        product.c.pruned_at.is_(None),
    )
    .order_by(product.c.id)
)
_LOCK = (
    select(product.c.id)
    .where(product.c.uri.in_(bindparam("uris", expanding=True)), product.c.pruned_at.is_(None))
    .with_for_update()
)
_STATES = (
    select(product.c.id, product.c.uri, run.c.state)
    .join(block_run, block_run.c.id == product.c.block_run_id)
    .join(run, run.c.id == block_run.c.run_id)
    .where(product.c.uri.in_(bindparam("uris", expanding=True)), product.c.pruned_at.is_(None))
)
_MARK = (
    update(product)
    .where(product.c.id.in_(bindparam("ids", expanding=True)))
    .values(pruned_at=bindparam("at"))
)
_UNFINISHED = (
    select(product.c.uri)
    .join(block_run, block_run.c.id == product.c.block_run_id)
    .join(run, run.c.id == block_run.c.run_id)
    .where(
        run.c.project_id == bindparam("p"),
        product.c.pruned_at.is_not(None),
        product.c.removed_at.is_(None),
    )
    .distinct()
)
_FINISH = (
    update(product)
    .where(
        product.c.uri.in_(bindparam("uris", expanding=True)),
        product.c.pruned_at.is_not(None),
        product.c.removed_at.is_(None),
    )
    .values(removed_at=bindparam("at"))
)
_KEPT = select(
    run.c.id,
    run.c.pipeline,
    run.c.state,
    func.coalesce(run.c.nominal_at, run.c.created_at).label("at"),
    run.c.ended_at,
).where(run.c.project_id == bindparam("p"), run.c.id.in_(bindparam("ids", expanding=True)))
_RUN_STATES = select(run.c.id, run.c.state).where(run.c.id.in_(bindparam("ids", expanding=True)))
_URIS = select(product.c.uri).where(
    product.c.uri.in_(bindparam("uris", expanding=True)), product.c.pruned_at.is_(None)
)


def held(connection: Connection, project_id: str) -> list[Held]:
    """Give a project's products that have files and were not given up."""
    return [
        Held(
            id=row.id,
            uri=row.uri,
            checksum=row.content_hash,
            bytes=row.bytes,
            run=row.run,
            pipeline=row.pipeline,
            block=row.block,
            state=RunState(row.state),
            at=row.at,
            ended=row.ended_at,
        )
        for row in connection.execute(_HELD, {"p": project_id})
    ]


def chosen(connection: Connection, project: ProjectRow) -> list[GivenUp]:
    """Give what the rules of a project give up now.

    Raises:
        MageError: when the project or its rules cannot be read.
    """
    rules, of_pipeline = read_rules(ProjectReader.open(Path(project.place)))
    products = Path(project.data_root) / "products"
    # Behind a URL there is no disk whose share could be full.
    space = sys.maxsize if is_remote(products) else room(products, rules.disk_share)
    there = held(connection, project.id)
    return choose(there, of_pipeline, now=time.time_ns() // 1000, room=space)


def past_runs(connection: Connection, project: ProjectRow, run_ids: Collection[str]) -> set[str]:
    """Give those of some runs of a project that its rules do not keep any longer.

    Only these runs are counted, so that rather too many are kept.

    Raises:
        MageError: when the project or its rules cannot be read.
    """
    _, of_pipeline = read_rules(ProjectReader.open(Path(project.place)))
    runs = [
        Kept(
            run=row.id,
            pipeline=row.pipeline,
            state=RunState(row.state),
            at=row.at,
            ended=row.ended_at,
        )
        for ids in _parts(run_ids)
        for row in connection.execute(_KEPT, {"p": project.id, "ids": ids})
    ]
    return set(past(runs, of_pipeline, time.time_ns() // 1000))


def mark(tx: Transaction, given: Sequence[GivenUp]) -> list[GivenUp]:
    """Mark products as given up, but for those that somebody has taken or needs since the choice.

    Returns:
        What was marked: its files may be deleted after the commit.
    """
    uris = {"uris": [one.uri for one in given]}
    # Whoever takes products for another run locks them too: see `reusing` and `creating`.
    tx.execute(_LOCK, uris).all()
    there: dict[str, set[str]] = defaultdict(set)
    live = set()
    for row in tx.execute(_STATES, uris):
        there[row.uri].add(row.id)
        if not RunState(row.state).ended:
            live.add(row.uri)
    marked = [one for one in given if one.uri not in live and there[one.uri] == one.products]
    ids = [id_ for one in marked for id_ in one.products]
    tx.execute(_MARK, {"ids": ids, "at": tx.now})
    return marked


def unfinished(connection: Connection, project_id: str) -> list[str]:
    """Give the places of files that were given up and may still be there."""
    found = connection.execute(_UNFINISHED, {"p": project_id})
    return [row.uri for row in found]


def finish(tx: Transaction, uris: Sequence[str]) -> None:
    """Write down that files are gone."""
    tx.execute(_FINISH, {"uris": list(uris), "at": tx.now})


def run_states(connection: Connection, run_ids: Collection[str]) -> dict[str, RunState]:
    """Give the states of those runs that this ledger knows."""
    return {
        row.id: RunState(row.state)
        for ids in _parts(run_ids)
        for row in connection.execute(_RUN_STATES, {"ids": ids})
    }


def visible(connection: Connection, uris: Collection[str]) -> set[str]:
    """Give those places of files that a product of this ledger has.

    What another machine's engine gave up is not among them: its copies here are left over.
    """
    return {row.uri for row in connection.execute(_URIS, {"uris": list(uris)})}


def _parts(ids: Collection[str]) -> Iterator[list[str]]:
    """Split what a statement is asked for: databases limit how much that may be."""
    every = list(ids)
    for start in range(0, len(every), MOST):
        yield every[start : start + MOST]
