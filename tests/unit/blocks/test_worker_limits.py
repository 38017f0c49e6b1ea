"""Limits of a block, what it used, and workers that are replaced."""

from __future__ import annotations

import queue
import time
from pathlib import Path

import pytest

from mage_jlab.blocks.limits import memory_limit, time_limit
from mage_jlab.domain.attempt import OutcomeKind
from mage_jlab.domain.errors import UnprocessableError
from mage_jlab.engine.executors.endings import out_of_memory_count
from mage_jlab.engine.executors.local import LocalExecutor

HEAD = "@transformer\n"
PID = HEAD + "def f():\n    import os\n    return {'pid': os.getpid()}\n"
MB = 1_000_000


def _limited(workshop, source, limit):
    task = workshop.task(source)
    block = task.block.model_copy(update={"memory_limit": limit})
    workshop.executor.submit(task.model_copy(update={"block": block}))
    return workshop.outcomes.get(timeout=30)


def test_a_block_above_its_memory_is_stopped_and_the_peak_is_said(workshop):
    source = (
        HEAD + "def f():\n    import time\n    x = bytearray(300_000_000)\n    time.sleep(60)\n"
    )
    outcome = _limited(workshop, source, 200 * MB)
    assert (outcome.kind, outcome.error.type) == (OutcomeKind.FAILED, "MemoryLimit")
    assert outcome.peak_memory > 200 * MB
    assert "limit of 200 MB" in outcome.error.message
    assert workshop.good(PID)


def test_the_memory_of_children_counts_to_the_limit(workshop):
    code = "import time; x = bytearray(300_000_000); time.sleep(60)"
    source = (
        HEAD
        + "def f():\n    import subprocess, sys\n"
        + f"    subprocess.run([sys.executable, '-c', {code!r}])\n"
    )
    assert _limited(workshop, source, 200 * MB).error.type == "MemoryLimit"


def test_what_forked_children_share_is_counted_once(workshop):
    source = (
        HEAD
        + "def f():\n    import os, time\n    x = bytearray(150_000_000)\n"
        + "    pids = [os.fork() for _ in range(1)]\n"
        + "    if 0 in pids:\n        time.sleep(1)\n        os._exit(0)\n"
        + "    [os.waitpid(pid, 0) for pid in pids]\n"
    )
    assert _limited(workshop, source, 280 * MB).kind is OutcomeKind.SUCCESS


def test_a_timeout_ends_children_that_ignore_the_signal(workshop, tmp_path):
    source = (
        HEAD
        + "def f():\n    import subprocess\n"
        + "    child = subprocess.Popen(['sh', '-c', \"trap '' TERM; sleep 60; sleep 60\"])\n"
        + f"    open({str(tmp_path / 'pid')!r}, 'w').write(str(child.pid))\n    child.wait()\n"
    )
    outcome = workshop.run(source, timeout=0.5)
    assert outcome.kind is OutcomeKind.TIMEOUT
    stat = Path("/proc", (tmp_path / "pid").read_text(), "stat")
    deadline = time.monotonic() + 5
    while stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z":
        assert time.monotonic() < deadline, "the child lives"
        time.sleep(0.02)


def test_time_and_memory_of_children_are_kept(workshop):
    code = "import time; x = bytearray(400_000_000)\nwhile time.process_time() < 0.5: pass"
    outcome = workshop.run(
        HEAD
        + "def f():\n    import subprocess, sys\n"
        + f"    subprocess.run([sys.executable, '-c', {code!r}], check=True)\n"
    )
    assert outcome.cpu > 0.4
    assert outcome.peak_memory > 400 * MB


@pytest.mark.parametrize(
    ("options", "source"),
    [
        ({"most_blocks": 3}, PID),
        (
            {"most_growth": 100 * MB},
            PID.replace("    return", "    os.kept = b'x' * 150_000_000\n    return"),
        ),
    ],
)
def test_a_worn_worker_is_replaced_between_blocks(workshop, options, source):
    outcomes: queue.Queue = queue.Queue()
    executor = LocalExecutor(1, outcomes.put, lambda *_: None, **options)
    try:
        pids = []
        for _ in range(40):
            executor.submit(workshop.task(source, key="worn"))
            outcome = outcomes.get(timeout=30)
            assert outcome.kind is OutcomeKind.SUCCESS
            pids.append(outcome.worker_pid)
            if len(set(pids)) == 3:
                break
            workshop.good(HEAD + "def f():\n    import time; time.sleep(0.1)\n")
        assert len(set(pids)) == 3
        assert len(executor._workers) <= 2
        assert sorted(pids, key=pids.index) == pids
    finally:
        executor.close()


@pytest.mark.parametrize(
    ("given", "count"),
    [("500MB", 500 * MB), ("2GiB", 2 << 30), ("2Gi", 2 << 30), (1000, 1000), ("1.5k", 1500)],
)
def test_amounts_of_memory(given, count):
    assert memory_limit("b", {"configuration": {"memory_limit": given}}) == count
    mage = {"executor_config": {"resource_limits": {"memory": given}}}
    assert memory_limit("b", mage) == count


def test_limits_that_are_none():
    assert memory_limit("b", {"executor_config": None}) is None
    assert time_limit("b", {"timeout": None}) is None
    for wrong in ("much", -1, 0, True, "5 apples"):
        with pytest.raises(UnprocessableError, match="memory_limit of b"):
            memory_limit("b", {"configuration": {"memory_limit": wrong}})
    for wrong in ("soon", -1, True, float("inf")):
        with pytest.raises(UnprocessableError, match="timeout of b"):
            time_limit("b", {"timeout": wrong})


def test_kills_for_lack_of_memory_are_those_of_the_control_group(tmp_path):
    assert out_of_memory_count(tmp_path) == 0
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/vmstat").write_text("nr_free 1\noom_kill 7\n")
    assert out_of_memory_count(tmp_path) == 7
    (tmp_path / "proc/self/cgroup").write_text("0::/user/one\n")
    (tmp_path / "sys/fs/cgroup/user/one").mkdir(parents=True)
    (tmp_path / "sys/fs/cgroup/user/one/memory.events").write_text("oom 2\noom_kill 1\n")
    assert out_of_memory_count(tmp_path) == 1
