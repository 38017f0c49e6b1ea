"""kill -9 of each process while one block is done and another runs: nothing finished runs again."""

from __future__ import annotations

import json
import time
from pathlib import Path

import psutil

from mage_jlab.domain.block import BlockType

from .conftest import Site, kill

LONG = "time.sleep(0 if Path({flag!r}).exists() else 60)"


def _under_way(site: Site) -> tuple[str, str]:
    """Start a chain of three and wait until its first block is done and its second one runs."""
    flag = str(site.folder / "go")
    taken = site.snapshot(
        {"a": ([], "pass"), "b": (["a"], LONG.format(flag=flag)), "c": (["b"], "pass")}
    )
    site.start()
    run = site.run(taken)
    site.until(
        run,
        lambda word: (
            [b.state for b in word.block_runs[:2]] == ["success", "running"]
            and word.block_runs[1].worker_pid is not None
            and "b began" in site.lines()
        ),
    )
    return run, flag


def _go(flag: str) -> None:
    Path(flag).touch()


def _worker(site: Site, run: str) -> int:
    pid = site.reader.run(run).block_runs[1].worker_pid
    assert pid is not None
    return pid


def _check_end(site: Site, run: str) -> None:
    word = site.wait(run)
    assert word.state == "success", site.log()
    assert site.lines() == [
        "a began", "a ended", "b began", "b began", "b ended", "c began", "c ended",
    ]  # fmt: skip
    assert [item.attempts for item in word.block_runs] == [1, 2, 1]
    assert [len(item.products) for item in word.block_runs] == [1, 1, 1]
    (product,) = site.reader.products(run=run, block="c")
    assert json.loads(product.stored.inline or "") == {
        "by": "c",
        "of": [{"by": "b", "of": [{"by": "a", "of": []}]}],
    }


def test_a_killed_worker_costs_one_attempt_and_nothing_else(site: Site) -> None:
    run, flag = _under_way(site)
    engine = site.engine().pid
    _go(flag)
    began = time.monotonic()
    kill(_worker(site, run))
    site.until(run, lambda word: word.block_runs[1].attempts == 2)
    assert time.monotonic() - began < 1.0
    _check_end(site, run)
    assert site.engine().pid == engine
    outcomes = [item.outcome for item in site.reader.attempts(run, "b")]
    assert outcomes == ["crashed", "success"]
    error = site.reader.attempts(run, "b")[0].error
    assert error is not None
    assert "SIGKILL" in error.message


def test_a_killed_engine_comes_back_and_goes_on(site: Site) -> None:
    run, flag = _under_way(site)
    worker = psutil.Process(_worker(site, run))
    engine = site.engine().pid
    _go(flag)
    began = time.monotonic()
    kill(engine)
    site.until(run, lambda word: word.block_runs[1].attempts == 2)
    assert time.monotonic() - began < 5.0
    _check_end(site, run)
    # where nobody has waited for it yet, an ended process still has its entry
    assert not worker.is_running() or worker.status() == psutil.STATUS_ZOMBIE
    assert site.engine().pid != engine
    assert "SIGKILL" in site.log()


def test_when_engine_and_supervisor_are_killed_the_next_client_starts_both(site: Site) -> None:
    run, flag = _under_way(site)
    worker = psutil.Process(_worker(site, run))
    engine = site.engine()
    supervisor = engine.parent()
    assert supervisor is not None
    assert "mage_jlab.engine.supervisor" in supervisor.cmdline()
    kill(supervisor.pid)
    kill(engine.pid)
    engine.wait(5)
    assert not site.client.running()
    worker.wait(5)
    _go(flag)
    assert site.states(run) == {"a": "success", "b": "running", "c": "pending"}
    site.client.ensure()
    _check_end(site, run)


def test_a_block_that_kills_its_worker_each_time_fails_after_three(site: Site) -> None:
    taken = site.snapshot({"a": ([], "os.kill(os.getpid(), 9)"), "b": ([], "pass")})
    site.start()
    word = site.wait(site.run(taken))
    assert word.state == "failed"
    assert site.states(word.id) == {"a": "failed", "b": "success"}
    assert site.lines().count("a began") == 3
    assert word.block_runs[0].error is not None
    assert "SIGKILL" in word.block_runs[0].error.message


def test_the_engine_outlives_its_starter_in_a_session_of_its_own(site: Site) -> None:
    site.start()
    engine = site.engine()
    supervisor = engine.parent()
    assert supervisor is not None
    assert psutil.Process().pid not in [p.pid for p in engine.parents()]
    assert supervisor.terminal() is None


def test_an_engine_that_dies_at_once_five_times_is_given_up(site: Site) -> None:
    site.start()
    for _ in range(5):
        engine = site.engine()
        kill(engine.pid)
        engine.wait(5)
        deadline = time.monotonic() + 10
        while not site.client.running() and "gave up" not in site.log():
            assert time.monotonic() < deadline
            time.sleep(0.05)
    assert "gave up: 5 deaths within a minute" in site.log()
    assert not site.client.running()
    site.client.ensure()
    assert site.client.running()


def test_a_sensor_waits_through_a_killed_engine_without_a_worker(site: Site) -> None:
    flag = site.folder / "arrived"
    taken = site.snapshot({"a": ([], "pass"), "b": (["a"], "pass")})
    block = taken.plan.blocks[0].model_copy(
        update={"type": BlockType.SENSOR, "configuration": {"poll_interval": 0.5}}
    )
    text = (
        f"@sensor\ndef a():\n    open({str(site.journal)!r}, 'a').write('asked\\n')\n"
        f"    return __import__('os').path.exists({str(flag)!r})\n"
    )
    Path(taken.folder, block.file).write_text(text)
    plan = taken.plan.model_copy(update={"blocks": [block, taken.plan.blocks[1]]})
    site.start()
    run = site.run(taken.model_copy(update={"plan": plan}))
    site.until(run, lambda word: word.block_runs[0].state == "retry_wait")
    engine = site.engine().pid
    kill(engine)
    flag.touch()
    word = site.wait(run)
    assert word.state == "success", site.log()
    assert site.engine().pid != engine
    assert site.lines().count("asked") >= 2
    assert word.block_runs[1].attempts == 1
