"""``engine``: keys and statuses, on a real engine."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cli_calling import call

ENGINE_KEYS = {
    "state",
    "pid",
    "version",
    "running_blocks",
    "queued_blocks",
    "next_fire_at",
}


def test_engine(here: Path) -> None:
    started = call("engine", "start", "--json")
    assert started.status == 0
    assert set(started.document) >= ENGINE_KEYS
    assert started.document["state"] == "running"
    status = call("engine", "status", "--json")
    assert status.document["pid"] == started.document["pid"]
    again = call("engine", "start", "--json")
    assert again.document["pid"] == started.document["pid"], "an engine that is up stays"
    logs = call("engine", "logs", "--json")
    assert logs.status == 0
    assert logs.document["lines"]
    assert call("engine", "status").out.startswith("The engine is running (pid ")


def test_engine_stop_and_the_next_start(here: Path) -> None:
    before = call("engine", "start", "--json").document["pid"]
    stopped = call("engine", "stop", "--drain", "--json")
    assert stopped.status == 0
    deadline = time.monotonic() + 15
    while call("engine", "status", "--json").document["state"] != "stopped":
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert call("run", "sales", "--json").status == 0
    assert call("engine", "status", "--json").document["pid"] != before


def test_an_engine_in_the_foreground(
    here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAGE_JLAB_STATE_DIR", str(tmp_path / "state"))
    process = subprocess.Popen(
        [sys.executable, "-m", "mage_jlab", "engine", "start", "--foreground"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        deadline = time.monotonic() + 30
        while call("engine", "status", "--json").document["pid"] != process.pid:
            assert time.monotonic() < deadline
            time.sleep(0.1)
    finally:
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "is up" in said
    assert "Traceback" not in said


def test_an_engine_that_is_up_stands_in_the_way_of_another(here: Path) -> None:
    pid = call("engine", "start", "--json").document["pid"]
    error = call("engine", "start", "--foreground", "--json").error
    assert error["code"] == "conflict"
    assert str(pid) in error["message"]


def test_logs_are_followed(here: Path) -> None:
    assert call("engine", "start").status == 0
    process = subprocess.Popen(
        [sys.executable, "-m", "mage_jlab", "engine", "logs", "--follow", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        assert process.stdout.readline().startswith('{"line": ')
    finally:
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert "Traceback" not in err
