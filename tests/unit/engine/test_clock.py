"""What the engine does by the clock, and what it does when its ledger cannot be written."""

from __future__ import annotations

import json
import time

import pytest

from mage_jlab.domain.errors import UnreadableFileError
from mage_jlab.engine.dispatcher import Dispatcher
from mage_jlab.store.ledger.transaction import Transaction

from .conftest import Bench, block, wait_for


def _trigger(bench: Bench, **more: object) -> str:
    spec = {"name": "often", "pipeline": "sales", "kind": "interval", "spec": "1s", **more}
    return str(
        bench.client.command("set_trigger", project=bench.project, spec=spec, enabled=True)[
            "trigger"
        ]
    )


def test_a_schedule_fires_once_for_each_time(bench: Bench) -> None:
    bench.bodies["a"] = lambda *_: None
    bench.snapshots["sales"] = lambda: bench.snapshot(block("a"))
    bench.start()
    trigger = _trigger(bench, variables={"n": 1})
    wait_for(bench.reader.runs, lambda page: len(page.items) >= 3)
    bench.client.command("disable_trigger", trigger=trigger)
    runs = bench.reader.runs().items
    times = [run.nominal_at for run in runs]
    assert len(set(times)) == len(times)
    for run in runs:
        assert run.nominal_at is not None
        assert (run.created_at - run.nominal_at).total_seconds() < 1.0
        assert (run.trigger, run.variables) == ("often", {"n": 1})
    assert bench.reader.misses().items == []
    assert bench.client.status().next_fire_at is None


def test_files_that_cannot_be_read_make_a_failed_run(bench: Bench) -> None:
    def unreadable() -> None:
        raise UnreadableFileError("a colon is missing", "pipelines/sales/metadata.yaml", 3, 1)

    bench.snapshots["sales"] = unreadable
    bench.start()
    _trigger(bench)
    (run, *_) = wait_for(lambda: bench.reader.runs().items, bool)
    assert run.state == "failed"
    assert run.error is not None
    assert (run.error.message, run.error.file, run.error.line) == (
        "a colon is missing",
        "pipelines/sales/metadata.yaml",
        3,
    )


def test_a_trigger_fired_by_hand_runs_its_pipeline_at_once(bench: Bench) -> None:
    bench.bodies["a"] = lambda *_: None
    bench.snapshots["sales"] = lambda: bench.snapshot(block("a"), variables={"m": 0, "n": 0})
    bench.start()
    trigger = _trigger(bench, spec="30d", variables={"n": 1})
    run = bench.wait(
        bench.client.command("fire_trigger", trigger=trigger, variables={"m": 2})["run"]
    )
    assert (run.state, run.trigger, run.nominal_at) == ("success", "often", None)
    assert run.variables == {"m": 2, "n": 1}


def test_a_full_disk_is_said_and_nothing_is_lost(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ran: list[str] = []
    full = False
    write = Dispatcher._write

    def fill(self: Dispatcher, tx: Transaction, step: object) -> None:
        if full:
            # The database's own limit of pages: it answers as a full disk does.
            pages = tx.connection.exec_driver_sql("PRAGMA page_count").scalar()
            tx.connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
            tx.event("test", payload={"much": "x" * 200_000})
        write(self, tx, step)

    def end_on_a_full_disk(*_: object) -> None:
        nonlocal full
        ran.append("a")
        full = True

    monkeypatch.setattr(Dispatcher, "_write", fill)
    bench.bodies |= {"a": end_on_a_full_disk, "b": lambda *_: ran.append("b")}
    bench.start()
    run = bench.run(bench.snapshot(block("a"), block("b", "a")))
    status = wait_for(bench.client.status, lambda status: status.trouble is not None)
    assert "database or disk is full" in status.trouble
    assert bench.states(run) == {"a": "running", "b": "pending"}
    full = False
    assert bench.wait(run).state == "success"
    assert ran == ["a", "b"]
    assert bench.client.status().trouble is None
    assert "cannot be written, so no block starts" in caplog.text
    assert "can be written again" in caplog.text


def test_a_block_that_the_engine_cannot_start_fails_its_run(bench: Bench) -> None:
    bench.start()
    run = bench.wait(bench.run(bench.snapshot(block("unknown"))))
    assert run.state == "failed"
    assert run.block_runs[0].error is not None
    assert run.block_runs[0].error.type == "KeyError"


def test_new_rows_are_seen_by_the_next_tick_at_the_latest(bench: Bench) -> None:
    bench.bodies["a"] = lambda *_: None
    bench.snapshots["sales"] = lambda: bench.snapshot(block("a"))
    bench.start(tick_s=0.2)
    _trigger(bench, spec="30d", catch_up="all")
    assert bench.engine is not None
    bench.engine._writer.do(
        lambda tx: tx.connection.exec_driver_sql(
            "UPDATE schedule SET last_nominal = last_nominal - 2592000000000, next_fire_at = 1"
        )
    )
    began = time.monotonic()
    wait_for(lambda: bench.reader.runs().items, bool)
    assert time.monotonic() - began < 2
    assert json.dumps(bench.reader.runs().items[0].to_json())
