"""Blocks that fail, crash, hang or are stopped: what is said, and that the next one runs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mage_jlab.domain.attempt import OutcomeKind

HEAD = "@transformer\n"


def test_an_error_points_to_the_line_of_the_cell(workshop):
    outcome = workshop.run(
        """
        if "transformer" not in globals():
            from mage_jlab import transformer


        @transformer
        def clean(**kwargs):
            raw = {"a": 1}
            clean = raw["amount"]
            return clean
        """,
        inputs={},
        results=["clean"],
        body=(7, 8),
        cell_id="a1b2",
        name="clean",
    )
    error = outcome.error
    assert (error.type, error.message) == ("KeyError", "'amount'")
    assert (error.cell_id, error.line) == ("a1b2", 2)
    assert (error.file, error.file_line) == ("transformers/clean.py", 8)
    file = str(workshop.place / "transformers/clean.py")
    assert f'File "{file}", line 8, in clean\n    clean = raw["amount"]' in error.traceback
    assert "worker" not in error.traceback


def test_an_error_in_shared_code_names_the_projects_file_and_the_calling_line(workshop):
    workshop.write("utils/broken.py", "def divide(a):\n    return a / 0\n")
    outcome = workshop.run(
        "from shop.utils.broken import divide\n" + HEAD + "def f():\n    return divide(1)\n"
    )
    assert outcome.error.type == "ZeroDivisionError"
    assert outcome.error.file_line == 4
    assert f'File "{workshop.place}/utils/broken.py", line 2' in outcome.error.traceback
    assert str(workshop.folder) not in outcome.error.traceback


def test_a_syntax_error_points_to_its_line(workshop):
    outcome = workshop.run("x = 1\ny = (\n", name="odd")
    assert outcome.kind is OutcomeKind.FAILED
    assert outcome.error.type == "SyntaxError"
    assert (outcome.error.file, outcome.error.file_line) == ("transformers/odd.py", 2)


@pytest.mark.parametrize(
    ("call", "kind", "type_", "message"),
    [
        ("sys.exit(3)", "failed", "SystemExit", "sys.exit(3)"),
        ("raise KeyboardInterrupt", "failed", "KeyboardInterrupt", ""),
        ("os._exit(5)", "crashed", "WorkerExited", "exit status 5"),
        ("os.kill(os.getpid(), 9)", "crashed", "SIGKILL", "ended by SIGKILL"),
        ("os.kill(os.getpid(), 15)", "crashed", "SIGTERM", "ended by SIGTERM"),
        ("os.abort()", "crashed", "SIGABRT", "abort"),
        ("ctypes.string_at(0)", "crashed", "SIGSEGV", "segmentation fault"),
    ],
)
def test_ways_to_die(workshop, call, kind, type_, message):
    outcome = workshop.run(
        f"import ctypes, os, sys\n{HEAD}def f():\n    {call}\n",
        inputs={},
        results=[],
        cell_id="c",
        body=(4, 4),
    )
    assert outcome.kind == kind
    assert outcome.error.type == type_
    assert message in outcome.error.message
    if type_ in ("SIGSEGV", "SIGABRT"):
        assert (outcome.error.file_line, outcome.error.cell_id, outcome.error.line) == (4, "c", 1)
    assert workshop.good(HEAD + "def f():\n    return 1\n")


def test_a_death_is_noticed_at_once(workshop):
    task = workshop.task(HEAD + "def f():\n    import time\n    time.sleep(60)\n")
    workshop.executor.submit(task)
    pid = _wait_for_worker(workshop, task)
    os.kill(pid, signal.SIGKILL)
    killed = time.monotonic()
    outcome = workshop.outcomes.get(timeout=10)
    assert time.monotonic() - killed < 0.5
    assert (outcome.kind, outcome.error.type) == (OutcomeKind.CRASHED, "SIGKILL")


def test_cancel_lets_the_block_clean_up_and_takes_its_children_along(workshop, tmp_path):
    task = workshop.task(
        f"""
        import pathlib, subprocess, time
        @transformer
        def f():
            child = subprocess.Popen(["sleep", "60"])
            pathlib.Path({str(tmp_path)!r}, "child").write_text(str(child.pid))
            try:
                time.sleep(60)
            finally:
                pathlib.Path({str(tmp_path)!r}, "cleaned").touch()
        """
    )
    workshop.executor.submit(task)
    child = int(_wait_for_text(tmp_path / "child"))
    workshop.executor.cancel(task.block_run, task.token)
    outcome = workshop.outcomes.get(timeout=10)
    assert outcome.kind is OutcomeKind.CANCELLED
    assert outcome.error is None
    assert (tmp_path / "cleaned").exists()
    assert _is_gone(child)


def test_a_block_that_ignores_the_signal_is_killed_after_the_grace(workshop, tmp_path):
    task = workshop.task(
        f"""
        import pathlib, signal, time
        @transformer
        def f():
            signal.signal(signal.SIGTERM, signal.SIG_IGN)
            pathlib.Path({str(tmp_path)!r}, "there").write_text("yes")
            time.sleep(60)
        """
    )
    workshop.executor.submit(task)
    _wait_for_text(tmp_path / "there")
    started = time.monotonic()
    workshop.executor.cancel(task.block_run, task.token)
    assert workshop.outcomes.get(timeout=10).kind is OutcomeKind.CANCELLED
    assert 0.9 < time.monotonic() - started < 4


def test_a_block_past_its_timeout_is_stopped(workshop):
    outcome = workshop.run(
        HEAD + "def f():\n    import time\n    time.sleep(60)\n", timeout=0.3, name="slow"
    )
    assert outcome.kind is OutcomeKind.TIMEOUT
    assert (outcome.error.type, outcome.error.message) == (
        "Timeout",
        "The block ran longer than its timeout of 0.3 s.",
    )


def test_a_waiting_attempt_is_cancelled_without_a_worker(workshop):
    sleeping = [
        workshop.task(HEAD + "def f():\n    import time\n    time.sleep(60)\n") for _ in range(2)
    ]
    waiting = workshop.task(HEAD + "def f():\n    return 1\n")
    for task in [*sleeping, waiting]:
        workshop.executor.submit(task)
    for task in [waiting, *sleeping]:
        workshop.executor.cancel(task.block_run, task.token)
        assert workshop.outcomes.get(timeout=10).block_run == task.block_run


def test_workers_of_another_key_make_room(workshop):
    source = HEAD + "def f():\n    import os\n    return {'pid': os.getpid()}\n"
    pids = {
        workshop.load(workshop.good(source, key=key)["output_0"])["pid"]
        for key in ("one", "two", "three")
    }
    assert len(pids) == 3
    assert len(workshop.executor._workers) <= 2


def test_an_interpreter_that_does_not_start_is_explained(workshop, tmp_path):
    missing = workshop.run(HEAD + "def f(): pass\n", interpreter="/nowhere/python", key="missing")
    assert missing.kind is OutcomeKind.FAILED
    assert missing.error.type == "InterpreterFailed"
    assert "/nowhere/python" in missing.error.message
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho no libpython here >&2\nexit 127\n")
    broken.chmod(0o755)
    outcome = workshop.run(HEAD + "def f(): pass\n", interpreter=str(broken), key="broken")
    assert outcome.error.type == "InterpreterFailed"
    assert "no libpython here" in outcome.error.message


def test_a_worker_that_is_killed_as_it_starts_is_a_crash(workshop, tmp_path):
    killed = tmp_path / "python"
    killed.write_text("#!/bin/sh\nkill -9 $$\n")
    killed.chmod(0o755)
    outcome = workshop.run(HEAD + "def f(): pass\n", interpreter=str(killed), key="killed")
    assert outcome.kind is OutcomeKind.CRASHED
    assert outcome.error.type == "SIGKILL"


def test_workers_end_with_the_process_that_started_them(tmp_path):
    """A killed engine leaves no worker behind, busy or not, nor a worker's children."""
    conftest = str(Path(__file__).parent / "conftest.py")
    code = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parents[3])!r})
import importlib.util
spec = importlib.util.spec_from_file_location("shop", {conftest!r})
module = importlib.util.module_from_spec(spec); spec.loader.exec_module(module)
import pathlib
shop = module.Workshop(pathlib.Path({str(tmp_path)!r}))
shop.good("@transformer\\ndef f():\\n    return 1\\n", key="idle")
shop.executor.submit(shop.task('''
import os, subprocess, time
@transformer
def f():
    child = subprocess.Popen(["sleep", "60"])
    open({str(tmp_path / "pids")!r}, "w").write(f"{{os.getpid()}} {{child.pid}}")
    while True:
        pass
''', key="busy"))
import time; time.sleep(60)
"""
    engine = subprocess.Popen([sys.executable, "-c", code])
    busy, child = (int(pid) for pid in _wait_for_text(tmp_path / "pids").split())
    idle = [pid for pid in _children(engine.pid) if pid != busy]
    assert len(idle) == 1
    engine.kill()
    engine.wait()
    assert all(_is_gone(pid) for pid in (busy, child, *idle))


def _wait_for_worker(workshop, task):
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        for block_run, token, pid, *_ in list(workshop.workers):
            if (block_run, token) == (task.block_run, task.token):
                return pid
        time.sleep(0.01)
    raise AssertionError("no worker took the task")


def _wait_for_text(path):
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if path.exists() and path.read_text():
            return path.read_text()
        time.sleep(0.01)
    raise AssertionError(f"{path} was not written")


def _is_gone(pid):
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.02)
    return False


def _children(pid):
    return [
        int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    ] or [
        int(status.parent.name)
        for status in Path("/proc").glob("[0-9]*/status")
        if f"\nPPid:\t{pid}\n" in status.read_text(errors="replace")
    ]
