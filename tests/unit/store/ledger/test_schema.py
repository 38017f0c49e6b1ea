"""The tables: one way up, on both databases; a newer ledger is refused."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Executable
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateIndex, CreateTable

from mage_jlab.domain.errors import BadInputError, ConflictError, NotFoundError
from mage_jlab.store.ledger import (
    again,
    arming,
    claiming,
    completing,
    creating,
    ending,
    firing,
    gathering,
    items,
    nodes,
    ops,
    passing,
    pruning,
    reading_events,
    reusing,
    standing,
    stopping,
    timers,
)  # fmt: skip
from mage_jlab.store.ledger.access import Access
from mage_jlab.store.ledger.database import parse_url, writing_engine
from mage_jlab.store.ledger.reader import LedgerReader
from mage_jlab.store.ledger.tables import metadata
from mage_jlab.store.migrations import schema
from mage_jlab.store.paths import StateFolder

from .conftest import Ledger, planned, snapshot

ROOMS = [
    again, arming, claiming, completing, creating, ending, firing, gathering, items, nodes, ops,
    passing, pruning, reading_events, reusing, standing, stopping, timers,
]  # fmt: skip
DIALECTS = {"sqlite": sqlite.dialect(), "postgresql": postgresql.dialect()}


def _statements() -> dict[str, Executable]:
    return {
        f"{room.__name__.rpartition('.')[2]}.{name}": value
        for room in ROOMS
        for name, value in vars(room).items()
        if isinstance(value, Executable)
    }


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_statement_compiles(dialect: str) -> None:
    statements = _statements()
    assert len(statements) > 40
    for name, statement in statements.items():
        text = str(statement.compile(dialect=DIALECTS[dialect]))
        assert text, name


def test_the_claim_is_the_only_safe_form() -> None:
    text = str(claiming.CLAIM.compile(dialect=DIALECTS["postgresql"]))
    flat = " ".join(text.split())
    assert flat.startswith("WITH picked AS MATERIALIZED (SELECT block_run.id")
    assert "block_run.state = 'ready'" in flat
    assert "FOR UPDATE SKIP LOCKED) UPDATE block_run SET" in flat
    assert "token=(block_run.token + " in flat
    assert "FROM picked WHERE block_run.id = picked.id AND block_run.state = 'ready'" in flat
    assert "RETURNING block_run.id" in flat
    embedded = " ".join(str(claiming.CLAIM.compile(dialect=DIALECTS["sqlite"])).split())
    assert "FOR UPDATE" not in embedded
    assert "RETURNING id, run_id, block, item, token" in embedded


def test_runs_are_locked_where_there_are_several_writers() -> None:
    text = str(completing.LOCK_RUN.compile(dialect=DIALECTS["postgresql"]))
    assert text.endswith("FOR UPDATE")


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_table_compiles(dialect: str) -> None:
    assert set(metadata.tables) == {
        "node", "project", "snapshot", "trigger", "op", "schedule", "miss", "run", "block_run",
        "attempt", "product", "pool", "timer", "event", "cursor",
    }  # fmt: skip
    for table in metadata.sorted_tables:
        text = str(CreateTable(table).compile(dialect=DIALECTS[dialect]))
        assert ("fillfactor" in text) == (
            dialect == "postgresql" and table.name in ("node", "block_run")
        )
        for index in table.indexes:
            assert str(CreateIndex(index).compile(dialect=DIALECTS[dialect]))


@pytest.mark.filterwarnings("ignore:Did not recognize type 'xid8'")
def test_the_migrations_lead_to_the_tables(ledger: Ledger) -> None:
    def differences(connection: object) -> list[tuple[object, ...]]:
        found = compare_metadata(MigrationContext.configure(connection), metadata)
        # PostgreSQL's transaction number of an event fills itself and is only compared there
        return [one for one in found if getattr(one[-1], "name", None) != "xid"]

    assert ledger.writer.do(lambda tx: differences(tx.connection)) == []
    assert ledger.sql("SELECT name, slots FROM pool") is not None


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_claim_uses_its_partial_index(ledger: Ledger) -> None:
    text = str(claiming.CLAIM.compile(dialect=DIALECTS["sqlite"]))
    plan = ledger.writer.do(
        lambda tx: tx.connection.exec_driver_sql(
            f"EXPLAIN QUERY PLAN {text}", tuple("x" for _ in range(text.count("?")))
        ).fetchall()
    )
    assert any("ix_block_run_ready" in str(row) for row in plan), plan


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_the_claim_reads_only_the_ready_on_postgresql(ledger: Ledger) -> None:
    for place in range(20):
        ledger.create(snapshot(*(planned(f"b{number}") for number in range(20)), hash_=f"{place}"))
    # almost all has ended, which is how a ledger looks after some weeks
    ledger.sql("UPDATE block_run SET state = 'success' WHERE block <> 'b0'")
    ledger.sql("ANALYZE block_run")
    ready = "SELECT id FROM block_run WHERE state = 'ready' AND pool = 'default'"
    order = "ORDER BY priority DESC, ready_at, id LIMIT 5 FOR UPDATE SKIP LOCKED"
    plan = ledger.sql(f"EXPLAIN {ready} AND ready_at <= 9 {order}").fetchall()
    assert any("ix_block_run_ready" in str(row) for row in plan), plan


@pytest.mark.parametrize("database", ["postgresql"], indirect=True)
def test_the_writing_connection_waits_for_no_lock_for_ever(ledger: Ledger) -> None:
    def setting(name: str) -> object:
        return ledger.sql(f"SHOW {name}").scalar()

    assert setting("transaction_isolation") == "read committed"
    assert setting("lock_timeout") == "5s"
    assert setting("statement_timeout") == "1min"
    assert setting("idle_in_transaction_session_timeout") == "1min"


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_the_writing_connection_is_durable(ledger: Ledger) -> None:
    def pragma(name: str) -> object:
        return ledger.writer.do(lambda tx: tx.connection.exec_driver_sql(f"PRAGMA {name}").scalar())

    assert pragma("journal_mode") == "wal"
    assert pragma("synchronous") == 2
    assert pragma("foreign_keys") == 1
    assert pragma("busy_timeout") == 10000
    assert pragma("journal_size_limit") == 64 * 1024 * 1024


def test_a_newer_ledger_is_refused(ledger: Ledger) -> None:
    ledger.sql("UPDATE alembic_version SET version_num = '0099'")
    ledger.reader.close()
    with pytest.raises(ConflictError, match="newer mage_jlab") as caught:
        ledger.reader.runs()
    assert caught.value.reason == "newer-schema"
    engine = writing_engine(parse_url(ledger.state.database_url))
    with pytest.raises(ConflictError, match="schema 0099"):
        schema.upgrade(engine)
    engine.dispose()


def test_before_the_first_engine_there_is_nothing(tmp_path: Path) -> None:
    reader = LedgerReader(StateFolder(tmp_path))
    assert reader.runs().items == []
    assert reader.projects() == reader.triggers() == reader.products() == reader.events(0) == []
    assert reader.strips("p") == reader.next_times("p") == {}
    assert reader.last_seq() == 0
    assert reader.last_engine() is None
    with pytest.raises(NotFoundError, match="no run yet"):
        reader.run("last")
    for read in (reader.trigger, reader.product, reader.snapshot, reader.project):
        with pytest.raises(NotFoundError):
            read("x")
    assert not (tmp_path / "ledger.db").exists()


def test_readers_cannot_write(ledger: Ledger) -> None:
    with closing(Access(ledger.state)) as access, access.connection() as connection:
        assert connection is not None
        with pytest.raises(DBAPIError, match=r"readonly|read-only"):
            connection.exec_driver_sql("DELETE FROM pool")


@pytest.mark.parametrize("url", ["mysql://h/db", "nonsense", "oracle://h"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(BadInputError, match="MAGE_JLAB_DATABASE_URL"):
        parse_url(url)


def test_postgresql_is_spoken_by_psycopg() -> None:
    assert parse_url("postgresql://u@h/db").drivername == "postgresql+psycopg"
