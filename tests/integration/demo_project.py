"""The demo's project with one of its notebooks exported and run, by the command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import pytest

from mage_jlab import Project


class DemoProject:
    """The demo project, with one pipeline exported and run.

    Args:
        place: where the project and the state folder are made.
        pipeline: the name of a notebook of the demo.

    Attributes:
        exported: what the export answered.
        run: the run.
    """

    def __init__(self, place: Path, pipeline: str) -> None:
        self.project = place / "p"
        self.pipeline = pipeline
        self._environ = {**os.environ, "MAGE_JLAB_STATE_DIR": str(place / "state")}
        self.mage("init", str(self.project), "--demo", cwd=place)
        self.exported = self.mage("export", f"notebooks/{pipeline}.ipynb")
        self.run = self.mage("run", pipeline)

    def mage(self, *arguments: str, cwd: Path | None = None) -> Any:
        """Run a command in a process of its own and give its JSON."""
        done = subprocess.run(
            [sys.executable, "-m", "mage_jlab", *arguments, "--json"],
            cwd=cwd or self.project,
            env=self._environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, (arguments, done.stdout[-2000:], done.stderr[-2000:])
        return json.loads(done.stdout)

    def of_run(self, block: str, name: str) -> Any:
        """Give a result as the newest run stored it."""
        return Project(str(self.project)).pipeline(self.pipeline).product(block, name).load()

    @classmethod
    @contextmanager
    def made(cls, place: Path, pipeline: str) -> Iterator[Self]:
        """Make the project, with its state folder in this process's environment too."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("MAGE_JLAB_STATE_DIR", str(place / "state"))
            demo = cls(place, pipeline)
            yield demo
            demo.mage("engine", "stop")
