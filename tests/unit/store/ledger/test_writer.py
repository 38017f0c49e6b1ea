"""The writer: whole or not at all, alone or in a group, also when the disk is full."""

from __future__ import annotations

import threading
from concurrent.futures import Future

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from mage_jlab.store.ledger.transaction import Transaction
from mage_jlab.store.ledger.writer import Writer

from .conftest import Ledger, planned, snapshot


def _add(name: str) -> object:
    return lambda tx: tx.connection.exec_driver_sql(
        f"INSERT INTO cursor (consumer, seq) VALUES ('{name}', 0)"
    )


def _names(ledger: Ledger) -> list[str]:
    return [row[0] for row in ledger.writer.do(_read)]


def _read(tx: Transaction) -> list[tuple[str]]:
    rows = tx.connection.exec_driver_sql("SELECT consumer FROM cursor ORDER BY consumer")
    return [tuple(row) for row in rows]


def _hold(writer: Writer) -> threading.Event:
    """Keep the writer busy, so that what is submitted next becomes one group."""
    gate, busy = threading.Event(), threading.Event()
    writer.submit(lambda _tx: busy.set() or gate.wait(10))
    assert busy.wait(10)
    return gate


def test_what_waits_together_is_committed_together(ledger: Ledger) -> None:
    commits: list[int] = []
    engine = ledger.writer._engine
    event.listen(engine, "commit", lambda _: commits.append(1))
    gate = _hold(ledger.writer)
    futures: list[Future[object]] = [ledger.writer.submit(_add(f"c{n}")) for n in range(10)]
    gate.set()
    for future in futures:
        future.result(10)
    assert len(commits) == 2
    assert len(_names(ledger)) == 10


def test_one_that_fails_in_a_group_takes_nothing_with_it(ledger: Ledger) -> None:
    told: list[str] = []

    def fail(tx: Transaction) -> None:
        _add("half")(tx)
        raise ValueError("no")

    gate = _hold(ledger.writer)
    good = ledger.writer.submit(_add("one"), lambda _: told.append("done"))
    bad = ledger.writer.submit(fail, failed=lambda error: told.append(str(error)))
    other = ledger.writer.submit(_add("two"))
    gate.set()
    good.result(10)
    other.result(10)
    with pytest.raises(ValueError, match="no"):
        bad.result(10)
    assert _names(ledger) == ["one", "two"]
    assert told == ["done", "no"]


def test_one_that_fails_alone_leaves_nothing(ledger: Ledger) -> None:
    def fail(tx: Transaction) -> None:
        _add("half")(tx)
        tx.event("run", state="x")
        raise ValueError("no")

    before = ledger.reader.last_seq()
    with pytest.raises(ValueError, match="no"):
        ledger.writer.do(fail)
    assert _names(ledger) == []
    assert ledger.reader.last_seq() == before


def test_a_callback_that_fails_does_not_end_the_writer(ledger: Ledger) -> None:
    def break_down(_: object) -> None:
        raise RuntimeError("after the commit")

    ledger.writer.submit(_add("one"), break_down).result(10)
    assert _names(ledger) == ["one"]


@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_a_full_disk_fails_the_whole_change_and_is_forgotten_when_there_is_room(
    ledger: Ledger,
) -> None:
    def pages(count: str) -> None:
        ledger.writer.do(
            lambda tx: tx.connection.exec_driver_sql(f"PRAGMA max_page_count = {count}")
        )

    run = ledger.create(snapshot(planned("a"), planned("b", "a")))
    claim = ledger.claim()["a"]
    size = ledger.writer.do(lambda tx: tx.connection.exec_driver_sql("PRAGMA page_count").scalar())
    pages(str(size))
    huge = "x" * 1_000_000
    with pytest.raises(OperationalError, match="full"):
        ledger.end(claim, error={"type": "E", "message": huge})
    assert ledger.states(run) == {"a": "running", "b": "pending"}
    # The connection was replaced: a fresh one has the file's own limit again.
    assert ledger.end(claim, error={"type": "E", "message": huge})
    assert ledger.states(run) == {"a": "success", "b": "ready"}
