"""A project of these tests, and how to call commands in it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cli_calling import Answer, call
from cli_notebooks import code

SECRET = "secret-9f3a7c"
LIVE = ("queued", "running")
BUCKET = "lake"


@dataclass
class Shop:
    """A project with one pipeline, and how to call commands in it."""

    place: Path
    state: Path

    @property
    def cache(self) -> Path:
        """The products folder, which is a cache where products lie behind a URL."""
        (folder,) = (self.place / ".mage_data" / "mage_jlab").iterdir()
        return folder / "products"

    @property
    def uuid(self) -> str:
        """The project's uuid."""
        return self.cache.parent.name

    def __call__(self, *arguments: str) -> Answer:
        return call(*arguments, cwd=self.place)

    def run(self) -> str:
        """Run the pipeline to its success; gives the run's id."""
        answer = self("run", "sales", "--json")
        assert answer.status == 0, answer
        return str(answer.document["id"])

    def ended(self, run: str) -> str:
        """Wait for the end of a run; gives its state."""
        deadline = time.monotonic() + 20
        while (state := self("runs", "show", run, "--json").document["state"]) in LIVE:
            assert time.monotonic() < deadline, state
            time.sleep(0.05)
        return str(state)


def cells(place: Path) -> list[dict[str, Any]]:
    """Two blocks; the second fails while there is a file ``gate``."""
    gate = place / "gate"
    return [
        code("imports", "import os\nimport pandas as pd"),
        code("load", 'raw = pd.DataFrame({"n": range(1000)})', "block:data_loader", name="raw"),
        code(
            "even",
            f'if os.path.exists({str(gate)!r}):\n    raise ValueError("closed")\n'
            'even = raw[raw["n"] % 2 == 0].reset_index(drop=True)',
            "block:transformer",
            name="even",
        ),
    ]
