"""A ledger of its own on each database, with a project, and plans made of a few words.

Every test that asks for ``ledger`` runs on SQLite and on a real PostgreSQL: together they are the
suite of what the ledger promises on both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mage_jlab.domain.attempt import Outcome, StoredProduct
from mage_jlab.domain.plan import Plan, PlannedBlock, Snapshot
from mage_jlab.store.ledger import nodes
from mage_jlab.store.ledger.claiming import Claim, claim
from mage_jlab.store.ledger.completing import complete
from mage_jlab.store.ledger.creating import NewRun, create_run
from mage_jlab.store.ledger.database import parse_url, writing_engine
from mage_jlab.store.ledger.nodes import NodeRow
from mage_jlab.store.ledger.opening import open_project
from mage_jlab.store.ledger.reader import LedgerReader
from mage_jlab.store.ledger.writer import Writer
from mage_jlab.store.migrations import schema
from mage_jlab.store.paths import StateFolder


def planned(name: str, *upstream: str, **more: Any) -> PlannedBlock:
    values: dict[str, Any] = {"type": "transformer", "file": f"transformers/{name}.py", **more}
    return PlannedBlock(name=name, code=f"code-{name}", upstream=list(upstream), **values)


def snapshot(*blocks: PlannedBlock, hash_: str = "snap", **more: Any) -> Snapshot:
    plan = Plan(
        project_uuid="u",
        project_name="p",
        place="/p",
        cwd="/p",
        products="/p/data/products",
        logs="/p/data/logs",
        pipeline="sales",
        interpreter="/usr/bin/python3",
        blocks=list(blocks),
        **more,
    )
    return Snapshot(hash=hash_, folder="/snap/p", files={}, plan=plan)


def stored(name: str, value: str = "1") -> StoredProduct:
    return StoredProduct(name=name, type="json", inline=value, bytes=len(value), checksum="c")


@dataclass
class Ledger:
    """What the tests do to a ledger, in one line each."""

    state: StateFolder
    writer: Writer
    reader: LedgerReader
    project: str
    node: NodeRow

    def create(self, taken: Snapshot, **more: Any) -> str:
        new = NewRun(project=self.project, pipeline="sales", **more)
        run = self.writer.do(lambda tx: create_run(tx, new, taken))
        assert run is not None
        return run

    def claim(self, limit: int = 100) -> dict[str, Claim]:
        claims = self.writer.do(lambda tx: claim(tx, self.node.id, self.node.epoch, limit))
        return {item.block: item for item in claims}

    def end(self, item: Claim, kind: str = "success", **more: Any) -> bool:
        outcome = Outcome(block_run=item.block_run, token=item.token, kind=kind, **more)
        return self.writer.do(lambda tx: complete(tx, item, outcome))

    def states(self, run: str) -> dict[str, str]:
        return {item.block: item.state.value for item in self.reader.run(run).block_runs}

    def run_state(self, run: str) -> str:
        return self.reader.run(run).state.value

    def sql(self, statement: str) -> Any:
        return self.writer.do(lambda tx: tx.connection.exec_driver_sql(statement))


@pytest.fixture
def ledger(tmp_path: Path, database: str | None) -> Iterator[Ledger]:
    state = StateFolder(tmp_path / "state", database)
    state.make()
    engine = writing_engine(parse_url(state.database_url))
    schema.upgrade(engine)
    writer = Writer(engine)
    project = writer.do(lambda tx: open_project(tx, "u", "/p", "p", "/p/data"))
    node = writer.do(
        lambda tx: nodes.register(
            tx, host="here", boot_id="b", pid=1, pid_start=1.0, version="0.1.0"
        )
    )
    reader = LedgerReader(state)
    yield Ledger(state, writer, reader, project, node)
    reader.close()
    writer.close()
