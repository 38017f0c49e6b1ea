"""R blocks in real workers: they run warm, and R ends with the attempt that is stopped."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import pytest

from mage_jlab.domain.attempt import BlockTask, OutcomeKind
from mage_jlab.domain.block import Language

WAIT_S = 60.0


def _task(workshop: Any, text: str, **options: Any) -> BlockTask:
    task: BlockTask = workshop.task(text, inputs={}, results=["out"], **options)
    return task.model_copy(update={"block": task.block.model_copy(update={"language": Language.R})})


def _run(workshop: Any, text: str, **options: Any) -> Any:
    workshop.executor.submit(_task(workshop, text, **options))
    return workshop.outcomes.get(timeout=WAIT_S)


def _pid_in(path: Path) -> int:
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        if path.exists() and path.read_text().endswith("\n"):
            return int(path.read_text())
        time.sleep(0.02)
    raise AssertionError("R did not begin")


def _is_gone(pid: int) -> bool:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        if Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z":
            return True
        time.sleep(0.02)
    return False


SLEEP = "writeLines(format(Sys.getpid()), {path!r})\ncat('begun\\n')\nSys.sleep(60)"


def test_a_worker_runs_r_and_python_in_turn(workshop):
    outcome = _run(workshop, "cat('hi\\n')\nout <- sum(1:10)")
    assert outcome.kind is OutcomeKind.SUCCESS, outcome.error
    assert workshop.load(outcome.products[0]) == 55
    assert [(line["level"], line["text"]) for line in workshop.log()] == [("stdout", "hi")]
    workshop.good("@transformer\ndef f(**kwargs):\n    return 1\n")


@pytest.mark.parametrize("how", ["timeout", "cancel", "killed"])
def test_r_ends_with_its_attempt(workshop, tmp_path, how):
    path = tmp_path / "pid"
    options: dict[str, Any] = {"timeout": 3.0} if how == "timeout" else {}
    task = _task(workshop, SLEEP.format(path=str(path)), **options)
    workshop.executor.submit(task)
    pid = _pid_in(path)
    log = Path(task.log)
    end = time.monotonic() + 10
    while not log.exists() and time.monotonic() < end:
        time.sleep(0.02)
    # the log is written while the block runs
    assert [json.loads(line)["text"] for line in log.read_text().splitlines()] == ["begun"]
    if how == "cancel":
        workshop.executor.cancel(task.block_run, task.token)
    elif how == "killed":
        os.kill(pid, 9)
    outcome = workshop.outcomes.get(timeout=WAIT_S)
    kinds = {"timeout": OutcomeKind.TIMEOUT, "cancel": OutcomeKind.CANCELLED}
    assert outcome.kind is kinds.get(how, OutcomeKind.FAILED), outcome.error
    assert _is_gone(pid)
    again = _run(workshop, "out <- 1L")
    assert again.kind is OutcomeKind.SUCCESS
