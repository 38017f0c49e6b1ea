"""The supervisor: what it starts again, and what it leaves alone."""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from mage_jlab.engine.exits import ALREADY, HOPELESS
from mage_jlab.engine.supervisor import DEATHS, supervise
from mage_jlab.store.paths import StateFolder


@pytest.fixture(autouse=True)
def _own_signals() -> Iterator[None]:
    """Give this process its own answer to SIGTERM back."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def _command(folder: Path, *statuses: int) -> list[str]:
    """Give a command that ends with one status after the other, the last one for ever."""
    code = (
        "import sys; from pathlib import Path\n"
        f"count = Path({str(folder / 'count')!r}); statuses = {list(statuses)}\n"
        "n = int(count.read_text()) if count.exists() else 0; count.write_text(str(n + 1))\n"
        "sys.exit(statuses[min(n, len(statuses) - 1)])"
    )
    return [sys.executable, "-c", code]


def _starts(folder: Path) -> int:
    return int((folder / "count").read_text())


@pytest.mark.parametrize(
    ("statuses", "ends", "starts"),
    [
        ((0,), 0, 1),
        ((ALREADY,), 0, 1),
        ((HOPELESS,), 1, 1),
        ((1, 1, 0), 0, 3),
        ((1,), 1, DEATHS),
    ],
)
def test_an_engine_that_died_is_started_again(
    tmp_path: Path, statuses: tuple[int, ...], ends: int, starts: int
) -> None:
    assert supervise(StateFolder(tmp_path), _command(tmp_path, *statuses)) == ends
    assert _starts(tmp_path) == starts


def test_what_it_does_stands_in_the_log(tmp_path: Path) -> None:
    supervise(StateFolder(tmp_path), _command(tmp_path, 3))
    lines = [json.loads(line) for line in (tmp_path / "engine.log").read_text().splitlines()]
    assert [line["level"] for line in lines] == ["ERROR"] * DEATHS + ["CRITICAL"]
    assert lines[0]["text"] == "The engine died (exit status 3)."
    assert "gave up: 5 deaths within a minute" in lines[-1]["text"]


def test_a_signal_is_named(tmp_path: Path) -> None:
    code = "import os; os.kill(os.getpid(), 9)"
    supervise(StateFolder(tmp_path), [sys.executable, "-c", code])
    assert "(signal SIGKILL)" in (tmp_path / "engine.log").read_text()
