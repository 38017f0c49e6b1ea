"""The engine as its clients see it: runs, retries, cancels, timeouts, order and leaving."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from mage_jlab.domain.errors import (
    BadInputError,
    ConflictError,
    EngineUnavailableError,
    NotFoundError,
)
from mage_jlab.engine.engine import AlreadyRunningError
from mage_jlab.store.ledger import timers

from .conftest import Bench, block, wait_for


def _blocked(stop: threading.Event) -> None:
    assert stop.wait(10)


def test_a_run_goes_to_its_end(bench: Bench) -> None:
    order: list[str] = []
    seen: list[object] = []
    bench.bodies["a"] = lambda task, _: (
        order.append("a")
        or {"products": [{"name": "x", "type": "json", "inline": "5", "bytes": 1}]}
    )
    bench.bodies["b"] = lambda task, _: order.append("b") or seen.append(task)
    bench.start()
    taken = bench.snapshot(block("a"), block("b", "a"), variables={"market": "CA", "n": 1})
    run = bench.wait(bench.run(taken, variables={"n": 2}))
    assert run.state == "success"
    assert order == ["a", "b"]
    assert run.variables == {"market": "CA", "n": 2}
    (task,) = seen
    assert task.inputs[0].products[0].inline == "5"
    assert task.variables == {"market": "CA", "n": 2}
    assert task.output == f"{run.id}/b/_/1"
    assert task.log == f"/p/data/logs/{run.id}/b/_/1.jsonl"
    assert str(bench.reader.attempts(run.id, "b")[0].log) == task.log


def test_independent_blocks_run_at_the_same_time(bench: Bench) -> None:
    both = threading.Barrier(2, timeout=5)
    for name in ("a", "b"):
        bench.bodies[name] = lambda *_: both.wait() and None
    bench.start()
    assert bench.wait(bench.run(bench.snapshot(block("a"), block("b")))).state == "success"


def test_an_error_fails_its_run_and_retry_goes_on_with_the_rest(bench: Bench) -> None:
    broken = True
    ran: list[str] = []

    def b(*_: object) -> None:
        ran.append("b")
        if broken:
            raise KeyError("amount")

    bench.bodies |= {"a": lambda *_: ran.append("a"), "b": b, "c": lambda *_: ran.append("c")}
    bench.start()
    run = bench.wait(bench.run(bench.snapshot(block("a"), block("b", "a"), block("c", "b"))))
    assert (run.state, run.failed_block) == ("failed", "b")
    assert bench.states(run.id) == {"a": "success", "b": "failed", "c": "upstream_failed"}
    broken = False
    bench.client.command("retry_run", run=run.id, snapshot=None)
    again = bench.wait(run.id)
    assert (again.id, again.state) == (run.id, "success")
    assert ran == ["a", "b", "b", "c"]
    with pytest.raises(ConflictError, match="nothing to retry"):
        bench.client.command("retry_run", run=run.id, snapshot=None)


def test_a_retry_may_take_newer_code_and_a_newer_graph(bench: Bench) -> None:
    ran: list[str] = []

    def fail(*_: object) -> None:
        raise ValueError("old code")

    bench.bodies |= {
        "a": lambda *_: ran.append("a"),
        "b": fail,
        "extra": lambda task, _: ran.append("extra"),
        "c": lambda *_: ran.append("c"),
    }
    bench.start()
    old = bench.snapshot(block("a"), block("b", "a"), block("gone", "b"))
    run = bench.wait(bench.run(old))
    assert run.state == "failed"
    bench.bodies["b"] = lambda task, _: ran.append("b")
    new = bench.snapshot(
        block("a"), block("extra", "a"), block("b", "a", "extra"), block("c", "b"), hash_="new"
    )
    bench.client.command("retry_run", run=run.id, snapshot=new.to_json())
    again = bench.wait(run.id)
    assert again.state == "success"
    assert ran == ["a", "extra", "b", "c"]
    assert again.snapshot == "new"
    assert [item.block for item in again.block_runs] == ["a", "extra", "b", "c"]


def test_cancel_stops_what_runs_and_what_waits(bench: Bench) -> None:
    bench.bodies |= {"a": lambda _, stop: _blocked(stop), "b": lambda *_: None}
    bench.start()
    run = bench.run(bench.snapshot(block("a"), block("b", "a")))
    wait_for(lambda: bench.states(run), lambda s: s["a"] == "running")
    bench.client.command("cancel_run", run=run)
    assert bench.wait(run).state == "cancelled"
    assert bench.states(run) == {"a": "cancelled", "b": "cancelled"}
    with pytest.raises(ConflictError, match="has ended"):
        bench.client.command("cancel_run", run=run)


def test_a_block_that_is_too_slow_times_out(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timers, "ALLOWANCE_S", 0)
    bench.bodies["a"] = lambda _, stop: _blocked(stop)
    bench.start()
    run = bench.wait(bench.run(bench.snapshot(block("a", timeout=0.3))))
    assert run.state == "failed"
    assert run.block_runs[0].error is not None
    assert run.block_runs[0].error.type == "Timeout"


def test_an_error_is_tried_again_when_its_timer_is_due(bench: Bench) -> None:
    tries: list[float] = []

    def flaky(*_: object) -> None:
        tries.append(time.monotonic())
        if len(tries) < 3:
            raise OSError("not yet")

    bench.bodies["a"] = flaky
    bench.start()
    taken = bench.snapshot(block("a", retry={"retries": 2, "delay": 0.1}))
    run = bench.wait(bench.run(taken))
    assert (run.state, run.block_runs[0].attempts) == ("success", 3)
    assert tries[1] - tries[0] >= 0.1
    assert tries[2] - tries[1] >= 0.2


def test_a_command_that_is_asked_twice_is_done_once(bench: Bench) -> None:
    bench.bodies["a"] = lambda *_: None
    bench.start()
    assert bench.engine is not None
    body = {
        "op_id": "same",
        "actor": "ada",
        "name": "create_run",
        "arguments": {
            "project": bench.project,
            "pipeline": "sales",
            "snapshot": bench.snapshot(block("a")).to_json(),
        },
    }
    assert bench.engine.command(body) == bench.engine.command(body)
    assert len(bench.reader.runs().items) == 1


def test_errors_come_back_as_what_they_are(bench: Bench) -> None:
    bench.start()
    with pytest.raises(NotFoundError, match="There is no run x"):
        bench.client.command("cancel_run", run="x")
    with pytest.raises(NotFoundError, match="no command dance"):
        bench.client.command("dance")
    with pytest.raises(BadInputError, match="takes other arguments"):
        bench.client.command("cancel_run", walk="x")
    with pytest.raises(BadInputError, match="cannot read"):
        bench.client.command("create_run", project="p", pipeline="s", snapshot={"hash": 1})
    with pytest.raises(NotFoundError, match="No project nowhere"):
        bench.client.command(
            "create_run",
            project="nowhere",
            pipeline="sales",
            snapshot=bench.snapshot(block("a")).to_json(),
        )


def test_events_arrive_while_they_are_waited_for(bench: Bench) -> None:
    gate = threading.Event()
    bench.bodies["a"] = lambda *_: gate.wait(10) and None
    bench.start()
    run = bench.run(bench.snapshot(block("a")))
    wait_for(lambda: bench.states(run), lambda s: s["a"] == "running")
    seq = bench.reader.last_seq()
    assert bench.client.events(seq, 0.1) == []
    threading.Timer(0.2, gate.set).start()
    began = time.monotonic()
    events = bench.client.events(seq, 10)
    assert time.monotonic() - began < 5
    assert events[0].block == "a"
    assert events[0].state == "success"


def test_stopping_gives_running_blocks_back_and_the_next_engine_goes_on(bench: Bench) -> None:
    ran: list[str] = []
    first = threading.Event()

    def slow(_: object, stop: threading.Event) -> None:
        ran.append("b")
        if not first.is_set():
            first.set()
            _blocked(stop)

    bench.bodies |= {"a": lambda *_: ran.append("a"), "b": slow}
    bench.start()
    run = bench.run(bench.snapshot(block("a"), block("b", "a")))
    assert first.wait(5)
    bench.stop()
    assert bench.states(run) == {"a": "success", "b": "ready"}
    bench.start()
    assert bench.wait(run).state == "success"
    assert ran == ["a", "b", "b"]


def test_draining_lets_running_blocks_end_and_starts_no_other(bench: Bench) -> None:
    gate = threading.Event()
    ran: list[str] = []
    bench.bodies |= {"a": lambda *_: gate.wait(10) and None, "b": lambda *_: ran.append("b")}
    bench.start()
    run = bench.run(bench.snapshot(block("a"), block("b", "a")))
    wait_for(lambda: bench.states(run), lambda s: s["a"] == "running")
    bench.client.command("stop", drain=True)
    assert bench.client.status().state == "draining"
    gate.set()
    bench.thread.join(10)
    assert not bench.thread.is_alive()
    assert bench.states(run) == {"a": "success", "b": "ready"}
    assert ran == []


def test_there_is_one_engine_for_a_state_folder(bench: Bench, tmp_path: Path) -> None:
    bench.start()
    other = Bench(tmp_path)
    with pytest.raises(AlreadyRunningError):
        other.start()
    other.reader.close()
    assert bench.client.status().state == "running"


def test_it_leaves_when_nobody_needs_it(bench: Bench) -> None:
    bench.start(idle_s=0.5)
    bench.thread.join(10)
    assert not bench.thread.is_alive()
    assert bench.client.status().state == "stopped"
    assert bench.client.status().stopped_at is not None
    with pytest.raises(EngineUnavailableError, match="does not answer"):
        bench.client.command("cancel_run", run="x")


def test_it_stays_while_a_trigger_is_enabled(bench: Bench) -> None:
    bench.start(idle_s=0.5)
    spec = {"name": "n", "pipeline": "sales", "kind": "cron", "spec": "0 0 1 1 *"}
    bench.client.command("set_trigger", project=bench.project, spec=spec, enabled=True)
    bench.thread.join(2.5)
    assert bench.thread.is_alive()
