"""Real engines in processes of their own, over projects whose blocks write down that they ran."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from mage_jlab.domain.plan import Plan, PlannedBlock, Snapshot
from mage_jlab.domain.run import Run
from mage_jlab.engine.client import EngineClient
from mage_jlab.store.ledger.reader import LedgerReader
from mage_jlab.store.paths import StateFolder
from tests.integration.engine.history import violations

CODE = """
import os, time
from pathlib import Path

if "transformer" not in globals():
    from mage_jlab import transformer


@transformer
def {name}(*args, **kwargs):
    with open({journal!r}, "a") as file:
        file.write("{name} began\\n")
    {body}
    with open({journal!r}, "a") as file:
        file.write("{name} ended\\n")
    return {value}
"""


class Site:
    """A state folder, a project, and the line that each block writes outside its product."""

    def __init__(self, folder: Path, database: str | None = None) -> None:
        self.folder = folder
        self.state = StateFolder(folder / "state", database)
        self.client = EngineClient(self.state, "ada")
        self.reader = LedgerReader(self.state)
        self.journal = folder / "journal.txt"
        self.place = folder / "project"
        self.place.mkdir()
        self.project = ""
        self.upstream: dict[str, list[str]] = {}

    def snapshot(self, bodies: dict[str, tuple[list[str], str]], **more: Any) -> Snapshot:
        """Lay a snapshot out: each block by name, with those above it and its body."""
        laid_out = self.folder / "snapshots" / "h" / "project"
        (laid_out / "transformers").mkdir(parents=True)
        blocks = []
        self.upstream = {name: upstream for name, (upstream, _) in bodies.items()}
        for name, (upstream, body) in bodies.items():
            file = f"transformers/{name}.py"
            value = f"{{'by': {name!r}, 'of': list(args)}}"
            text = CODE.format(name=name, body=body, value=value, journal=str(self.journal))
            (laid_out / file).write_text(text)
            inputs = {"type": "transformer", "file": file, "upstream": upstream}
            blocks.append(PlannedBlock(name=name, code="c", **inputs, **more))
        data = self.folder / "data"
        plan = Plan(
            project_uuid="u", project_name="project", place=str(self.place), cwd=str(self.place),
            products=str(data / "products"), logs=str(data / "logs"), pipeline="sales",
            interpreter=sys.executable, blocks=blocks,
        )  # fmt: skip
        return Snapshot(hash="h", folder=str(laid_out), files={}, plan=plan)

    def start(self) -> None:
        self.client.ensure()
        self.project = self.client.command(
            "open_project", uuid="u", place=str(self.place), name="project",
            data_root=str(self.folder / "data"),
        )["project"]  # fmt: skip

    def run(self, taken: Snapshot) -> str:
        return str(
            self.client.command(
                "create_run", project=self.project, pipeline="sales", snapshot=taken.to_json()
            )["run"]
        )

    def wait(self, run: str, timeout: float = 30.0) -> Run:
        return self.until(run, lambda word: word.state.ended, timeout)

    def until(self, run: str, good: Callable[[Run], bool], timeout: float = 30.0) -> Run:
        deadline = time.monotonic() + timeout
        while not good(word := self.reader.run(run)):
            assert time.monotonic() < deadline, f"still {word}\n{self.log()}"
            time.sleep(0.02)
        return word

    def states(self, run: str) -> dict[str, str]:
        return {item.block: item.state.value for item in self.reader.run(run).block_runs}

    def lines(self) -> list[str]:
        return self.journal.read_text().splitlines() if self.journal.exists() else []

    def log(self) -> str:
        return self.state.log.read_text() if self.state.log.exists() else ""

    def engine(self) -> psutil.Process:
        pid = self.client.status().pid
        assert pid is not None
        return psutil.Process(pid)

    def close(self) -> None:
        if self.client.running():
            self.client.command("stop")
        self.reader.close()


@pytest.fixture
def site(tmp_path: Path, database: str | None) -> Iterator[Site]:
    """Give a site; at the end its ledger is held against what the engine promises."""
    site = Site(tmp_path, database)
    yield site
    broken = violations(site.state, site.upstream)
    site.close()
    assert not broken


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
