"""An engine in this process whose blocks are the test's own callables."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from mage_jlab.domain.attempt import BlockTask, Outcome, OutcomeKind
from mage_jlab.domain.plan import Plan, PlannedBlock, Snapshot
from mage_jlab.domain.run import BlockError, Run
from mage_jlab.engine.client import EngineClient
from mage_jlab.engine.engine import Engine
from mage_jlab.engine.executors.base import OnOutcome, OnWorker
from mage_jlab.engine.settings import EngineSettings
from mage_jlab.store.ledger.reader import LedgerReader
from mage_jlab.store.paths import StateFolder

Body = Callable[[BlockTask, threading.Event], Any]


class ThreadExecutor:
    """Runs the callables of a table in threads; what they return decides the outcome."""

    def __init__(self, slots: int, on_outcome: OnOutcome, bodies: dict[str, Body]) -> None:
        self.slots = slots
        self._on_outcome = on_outcome
        self._bodies = bodies
        self._pool = ThreadPoolExecutor(slots)
        self._stops: dict[tuple[str, int], threading.Event] = {}
        self._closed = False

    def submit(self, task: BlockTask) -> None:
        stop = self._stops[(task.block_run, task.token)] = threading.Event()
        self._pool.submit(self._run, task, stop)

    def cancel(self, block_run: str, token: int) -> None:
        if stop := self._stops.get((block_run, token)):
            stop.set()

    def close(self) -> None:
        self._closed = True
        for stop in list(self._stops.values()):
            stop.set()
        self._pool.shutdown(wait=True)

    def _run(self, task: BlockTask, stop: threading.Event) -> None:
        fields: dict[str, Any] = {"kind": OutcomeKind.SUCCESS}
        try:
            fields |= self._bodies[task.block.name](task, stop) or {}
        except Exception as error:
            told = BlockError(type=type(error).__name__, message=str(error))
            fields = {"kind": OutcomeKind.FAILED, "error": told}
        if stop.is_set():
            fields = {"kind": OutcomeKind.CANCELLED}
        if not self._closed:
            self._on_outcome(Outcome(block_run=task.block_run, token=task.token, **fields))


class Bench:
    """An engine with its client and reader."""

    def __init__(self, folder: Path) -> None:
        self.state = StateFolder(folder / "state")
        self.bodies: dict[str, Body] = {}
        self.snapshots: dict[str, Callable[[], Snapshot]] = {}
        self.client = EngineClient(self.state, "ada")
        self.reader = LedgerReader(self.state)
        self.engine: Engine | None = None
        self.project = ""

    def start(self, **settings: Any) -> None:
        def make(slots: int, on_outcome: OnOutcome, _on_worker: OnWorker) -> ThreadExecutor:
            return ThreadExecutor(slots, on_outcome, self.bodies)

        chosen = EngineSettings(**{"slots": 2, "tick_s": 0.2, **settings})
        self.engine = Engine(
            self.state, chosen, make, lambda _place, pipeline: self.snapshots[pipeline]()
        )
        self.thread = threading.Thread(target=self.engine.run)
        self.thread.start()
        self.project = self.client.command(
            "open_project", uuid="u", place="/p", name="p", data_root="/p/data"
        )["project"]

    def stop(self) -> None:
        if self.engine is not None:
            self.engine.stop()
            self.thread.join()
            self.engine = None

    def close(self) -> None:
        self.stop()
        self.reader.close()

    def snapshot(self, *blocks: PlannedBlock, hash_: str = "snap", **more: Any) -> Snapshot:
        plan = Plan(
            project_uuid="u", project_name="p", place="/p", cwd="/p", products="/p/data/products",
            logs="/p/data/logs", pipeline="sales", interpreter="/python", blocks=list(blocks),
            **more,
        )  # fmt: skip
        return Snapshot(hash=hash_, folder="/snap/p", files={}, plan=plan)

    def run(self, taken: Snapshot, **more: Any) -> str:
        return str(
            self.client.command(
                "create_run",
                project=self.project,
                pipeline="sales",
                snapshot=taken.to_json(),
                **more,
            )["run"]
        )

    def wait(self, run: str, timeout: float = 10.0) -> Run:
        return wait_for(lambda: self.reader.run(run), lambda word: word.state.ended, timeout)

    def states(self, run: str) -> dict[str, str]:
        return {item.block: item.state.value for item in self.reader.run(run).block_runs}


def wait_for(read: Callable[[], Any], good: Callable[[Any], bool], timeout: float = 10.0) -> Any:
    deadline = time.monotonic() + timeout
    while not good(found := read()):
        assert time.monotonic() < deadline, f"still {found}"
        time.sleep(0.01)
    return found


def block(name: str, *upstream: str, **more: Any) -> PlannedBlock:
    values: dict[str, Any] = {"type": "transformer", "file": f"transformers/{name}.py", **more}
    return PlannedBlock(name=name, code="c", upstream=list(upstream), **values)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    bench = Bench(tmp_path)
    yield bench
    bench.close()
