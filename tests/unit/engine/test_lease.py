"""Leases, processes and takeovers: nobody is judged too early, no stranger is killed."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mage_jlab.engine import lease as lease_module
from mage_jlab.engine import log, processes
from mage_jlab.engine.lease import Lease
from mage_jlab.engine.lock import EngineLock
from mage_jlab.engine.recovery import take_over
from mage_jlab.store.ledger import nodes
from mage_jlab.store.ledger.database import parse_url, writing_engine
from mage_jlab.store.ledger.nodes import NodeRow, WorkerRow
from mage_jlab.store.ledger.writer import Writer
from mage_jlab.store.migrations import schema
from mage_jlab.store.paths import StateFolder


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[Writer]:
    engine = writing_engine(parse_url(f"sqlite:///{tmp_path / 'ledger.db'}"))
    schema.upgrade(engine)
    writer = Writer(engine)
    yield writer
    writer.close()


def _node(writer: Writer, host: str = "here", pid: int = 1, start: float = 1.0) -> NodeRow:
    return writer.do(
        lambda tx: nodes.register(
            tx, host=host, boot_id=processes.boot_id(), pid=pid, pid_start=start, version="0"
        )
    )


def _lease(writer: Writer, node: NodeRow, reaped: list[int] | None = None) -> Lease:
    told = [] if reaped is None else reaped
    return Lease(
        writer, node, 5, shared=True, on_lost=lambda: None, on_reaped=lambda: told.append(1)
    )


def _states(writer: Writer) -> dict[str, str]:
    return dict(
        writer.do(
            lambda tx: [
                tuple(row) for row in tx.connection.exec_driver_sql("SELECT id, state FROM node")
            ]
        )
    )


def _expire(writer: Writer, node: NodeRow) -> None:
    writer.do(
        lambda tx: tx.connection.exec_driver_sql(
            f"UPDATE node SET expires_at = 1 WHERE id = '{node.id}'"
        )
    )


def test_a_node_that_lets_its_lease_run_out_is_reaped_by_another(writer: Writer) -> None:
    node, other = _node(writer), _node(writer, "there")
    lease = _lease(writer, node)
    assert lease.turn()
    assert _states(writer)[other.id] == "live"
    _expire(writer, other)
    assert lease.turn()
    assert _states(writer) == {node.id: "live", other.id: "dead"}


def test_a_node_that_was_declared_dead_stops(writer: Writer) -> None:
    node = _node(writer)
    lease = _lease(writer, node)
    writer.do(lambda tx: nodes.reap(tx, node.id, "it was lost"))
    assert not lease.turn()


def test_after_a_suspend_every_lease_gets_one_fresh_life(
    writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    node, other = _node(writer), _node(writer, "there")
    lease = _lease(writer, node)
    _expire(writer, other)
    now = time.time
    monkeypatch.setattr(lease_module.time, "time", lambda: now() + 3600)
    assert lease.turn()
    assert _states(writer)[other.id] == "live"
    monotonic = time.monotonic
    monkeypatch.setattr(lease_module.time, "monotonic", lambda: monotonic() + 25)
    monkeypatch.setattr(lease_module.time, "time", lambda: now() + 3625)
    assert lease.turn()
    assert _states(writer)[other.id] == "dead"


def test_the_thread_ends_when_the_node_is_lost(writer: Writer) -> None:
    lost: list[int] = []
    node = _node(writer)
    lease = Lease(
        writer, node, 0.02, shared=False, on_lost=lambda: lost.append(1), on_reaped=lambda: None
    )
    lease.start()
    writer.do(lambda tx: nodes.set_state(tx, node.id, nodes.DEAD))
    deadline = time.monotonic() + 5
    while not lost and time.monotonic() < deadline:
        time.sleep(0.01)
    lease.close()
    assert lost == [1]


def test_a_new_engine_takes_over_from_the_dead_alone(writer: Writer) -> None:
    import socket

    host = socket.gethostname()
    dead = _node(writer, host, pid=2**22 - 1)
    start = processes.start_time(os.getpid())
    assert start is not None
    alive = _node(writer, host, os.getpid(), start)
    elsewhere = _node(writer, "elsewhere")
    own = take_over(writer, alone=False)
    assert _states(writer) == {
        dead.id: "dead", alive.id: "live", elsewhere.id: "live", own.id: "live",
    }  # fmt: skip
    last = take_over(writer, alone=True)
    assert {key for key, state in _states(writer).items() if state == "live"} == {last.id}


def test_only_the_recorded_process_is_killed() -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], process_group=0)
    try:
        start = processes.start_time(child.pid)
        assert start is not None
        stranger = WorkerRow("b", 1, child.pid, child.pid, start - 10)
        assert processes.end_workers([stranger]) == 0
        assert child.poll() is None
        worker = WorkerRow("b", 1, child.pid, child.pid, start)
        assert processes.end_workers([worker]) == 1
        assert child.wait(5) == -9
        assert processes.start_time(child.pid) is None
    finally:
        child.kill()
        child.wait()


def test_the_lock_is_held_by_one_and_free_after_it(tmp_path: Path) -> None:
    first, second = EngineLock(tmp_path / "lock"), EngineLock(tmp_path / "lock")
    assert first.take()
    assert not second.take()
    first.release()
    assert second.take()
    assert first._descriptor is None
    assert not os.get_inheritable(second._descriptor or 0)
    second.release()


def test_the_log_is_json_lines_that_turn_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import json

    monkeypatch.setattr(log, "LIMIT_BYTES", 2000)
    root = logging.getLogger()
    before = root.handlers[:], root.level
    try:
        log.set_up(StateFolder(tmp_path))
        for number in range(40):
            logging.getLogger("x").info("line %d with ünïcode", number)
        try:
            int("why")
        except ValueError:
            logging.getLogger("x").exception("it broke")
    finally:
        for handler in root.handlers:
            handler.close()
        root.handlers, root.level = before
    assert (tmp_path / "engine.log.1").exists()
    last = json.loads((tmp_path / "engine.log").read_text().splitlines()[-1])
    assert (last["level"], last["source"], last["text"]) == ("ERROR", "x", "it broke")
    assert "ValueError: invalid literal" in last["traceback"]
