"""Pipelines on disk, run by an engine in this process with real workers."""

from __future__ import annotations

import textwrap
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from mage_jlab.blocks.load import load_product
from mage_jlab.domain.block import BlockType
from mage_jlab.domain.run import Run
from mage_jlab.engine.engine import Engine
from mage_jlab.engine.executors.local import LocalExecutor
from mage_jlab.engine.main import snapshot_taker
from mage_jlab.engine.settings import EngineSettings
from mage_jlab.services.services import Services
from mage_jlab.store.paths import StateFolder
from mage_jlab.store.pipeline_yaml import GROUPS

GROUP = {"callback": "callbacks", "conditional": "conditionals", "chart": "widgets"}


class Stage:
    """A project whose pipelines tests write in a few lines, and the engine that runs them."""

    def __init__(self, folder: Path) -> None:
        self.state = StateFolder(folder / "state")
        self.place = folder / "shop"
        self.place.mkdir()
        (self.place / "metadata.yaml").write_text(
            "project_uuid: 0123456789abcdef0123456789abcdef\nvariables_dir: .mage_data\n"
        )
        self.services = Services(self.state)
        self.project = self.services.projects.open(str(self.place)).id
        self.notes = folder / "notes"
        self.engine: Engine | None = None
        self.start()

    def start(self) -> None:
        """Start the engine."""
        settings = EngineSettings(slots=2, tick_s=0.2)
        taker = snapshot_taker(self.state)
        self.engine = Engine(self.state, settings, LocalExecutor, taker)
        self._thread = threading.Thread(target=self.engine.run)
        self._thread.start()

    def stop(self) -> None:
        """Stop the engine, with its workers."""
        if self.engine is not None:
            self.engine.stop()
            self._thread.join()
            self.engine = None

    def write(
        self,
        pipeline: str,
        blocks: Mapping[str, tuple[str, str, list[str]]],
        settings: Mapping[str, dict[str, Any]] | None = None,
        **more: Any,
    ) -> None:
        """Write a pipeline: each block by name with its type, its source and those above it.

        A source is the body of a function of ``*args, **kwargs`` unless it holds a decorator.
        """
        groups: dict[str, list[dict[str, Any]]] = {group: [] for group in GROUPS}
        for name, (type_, source, above) in blocks.items():
            text = textwrap.dedent(source).strip("\n")
            mark = BlockType(type_).decorator
            if "@" not in text:
                text = f"@{mark}\ndef {name}(*args, **kwargs):\n{textwrap.indent(text, '    ')}"
            own = dict((settings or {}).get(name, {}))
            if "file" not in own:
                folder = self.place / BlockType(type_).folder
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                text = f"NOTES = {str(self.notes)!r}\n\n\n{text}\n"
                (folder / f"{name}.py").write_text(text)
            own.pop("file", None)
            entry = {
                "uuid": name, "name": name, "type": type_, "language": "python",
                "upstream_blocks": above, "downstream_blocks": [], "configuration": {}, **own,
            }  # fmt: skip
            groups[GROUP.get(type_, "blocks")].append(entry)
        path = self.place / "pipelines" / pipeline / "metadata.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump({"name": pipeline, "type": "python", **groups, **more}))

    def run(self, pipeline: str, timeout: float = 30.0, **how: Any) -> Ran:
        """Run a pipeline and wait for its end."""
        run = self.services.runs.start(self.project, pipeline, **how)
        return Ran(self, self.services.runs.wait(run.id, timeout))

    def until(self, run: str, good: Callable[[Run], bool], timeout: float = 20.0) -> Run:
        """Wait until something holds of a run."""
        deadline = time.monotonic() + timeout
        while not good(word := self.services.runs.get(run)):
            assert time.monotonic() < deadline, f"still {word}"
            time.sleep(0.02)
        return word

    def noted(self) -> list[str]:
        """Give the lines that blocks wrote into the file of notes, and empty it."""
        lines = self.notes.read_text().splitlines() if self.notes.exists() else []
        self.notes.unlink(missing_ok=True)
        return lines


class Ran:
    """A run that has ended, and what its blocks gave."""

    def __init__(self, stage: Stage, word: Run) -> None:
        self.stage = stage
        self.word = word
        self.id = word.id

    @property
    def state(self) -> str:
        """How it ended."""
        return self.word.state.value

    @property
    def states(self) -> dict[str, str]:
        """The state of each block run, items as ``block:item``."""
        return {
            one.block if one.item is None else f"{one.block}:{one.item}": one.state.value
            for one in self.word.block_runs
        }

    def error(self, block: str, item: str | None = None) -> tuple[str, str]:
        """The type and the message of a block run's error."""
        one = next(b for b in self.word.block_runs if (b.block, b.item) == (block, item))
        assert one.error is not None
        return one.error.type, one.error.message

    def values(self, block: str) -> list[Any]:
        """What a block gave: the values of its results, item by item."""
        rows = self.stage.services.doors.ledger.products(run=self.id, block=block)
        return [load_product(row.stored, row.root) for row in rows]

    def value(self, block: str) -> Any:
        """The one value that a block gave."""
        (value,) = self.values(block)
        return value


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Give a project and its engine for a whole module."""
    made = Stage(tmp_path_factory.mktemp("stage"))
    yield made
    made.stop()
    made.services.doors.ledger.close()
