"""A notebook's pipeline, exported into a project of its own and run block by block in workers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from mage_jlab.blocks.snapshot import take_snapshot
from mage_jlab.domain.attempt import BlockTask, StoredProduct, UpstreamProducts
from mage_jlab.domain.plan import PlannedBlock
from mage_jlab.notebook.cells import WorkbenchReading
from mage_jlab.notebook.document import dump_notebook
from mage_jlab.notebook.export import export_workbench
from mage_jlab.store.paths import StateFolder
from mage_jlab.store.project_files import create_project
from tests.fidelity.notebooks import Notebook
from tests.fidelity.portrait import Portrait
from tests.fidelity.running import apart
from tests.fidelity.workers import Worker
from tests.fidelity.workplace import lay_out

PROJECT = "fidelity_project"


@dataclass
class PipelineRun:
    """What became of a pipeline: values by block and result, and the blocks that failed."""

    values: dict[str, dict[str, Portrait]] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


class PipelineRunner:
    """Exports a notebook, and runs its blocks in another order than its cells'.

    Two workers take turns, so that most products are read by another process than made them.

    Args:
        document: the notebook, tagged.
        reading: the same, read; without errors.
        path: the notebook's file, whose surroundings the blocks get a copy of.
        root: an empty folder.
    """

    def __init__(
        self, document: Notebook, reading: WorkbenchReading, path: Path, root: Path
    ) -> None:
        root.mkdir(parents=True, exist_ok=True)
        files = create_project(root / PROJECT)
        notebook = files.place / reading.path
        notebook.parent.mkdir(parents=True, exist_ok=True)
        notebook.write_text(dump_notebook(document))
        done = export_workbench(files, reading)
        if done.conflicts:
            raise RuntimeError(f"the export met conflicts: {done.conflicts}")
        state = StateFolder(root / "state")
        state.make()
        self._root, self._cwd = root, lay_out(path, root / "around")
        self._snapshot = take_snapshot(state, files, reading.pipeline)

    def run(self, limit: float) -> PipelineRun:
        """Run all blocks and tell what they gave.

        Args:
            limit: seconds for each block.
        """
        done: dict[str, list[StoredProduct]] = {}
        run = PipelineRun()
        waiting = list(self._snapshot.plan.blocks)
        with Worker(self._root) as one, Worker(self._root) as other:
            while waiting:
                ready = [block for block in waiting if done.keys() >= set(block.upstream)]
                block = ready[-1]
                waiting.remove(block)
                done[block.name] = []
                lost = [name for name in block.upstream if name in run.failed]
                if lost:
                    run.failed[block.name] = f"{lost[0]} above failed"
                    continue
                task = self._task(block, done)
                message = (one if len(done) % 2 else other).run(task, limit)
                if message["kind"] != "success":
                    error = message.get("error") or {}
                    run.failed[block.name] = f"{error.get('type')}: {error.get('message')}"
                    if message["kind"] == "crashed":
                        run.failed |= {left.name: "the worker died" for left in waiting}
                        return run
                done[block.name] = [StoredProduct.model_validate(p) for p in message["products"]]
        run.values = self._tell(done, limit)
        return run

    def _task(self, block: PlannedBlock, done: dict[str, list[StoredProduct]]) -> BlockTask:
        plan, token = self._snapshot.plan, len(done)
        return BlockTask(
            block_run=f"run.{block.name}",
            token=token,
            run="run",
            run_number=1,
            attempt=1,
            pipeline=plan.pipeline,
            project_name=plan.project_name,
            block=block,
            inputs=[UpstreamProducts(block=name, products=done[name]) for name in block.upstream],
            variables=plan.variables,
            execution_date=datetime(2026, 11, 24, 2, 30, tzinfo=UTC),
            idempotency_key=hashlib.sha256(block.name.encode()).hexdigest(),
            key="fidelity",
            interpreter=plan.interpreter,
            place=plan.place,
            cwd=str(self._cwd),
            folder=self._snapshot.folder,
            setup=plan.setup,
            products=plan.products,
            output=f"run/{token}",
            log=f"{plan.logs}/{token}.jsonl",
        )

    def _tell(
        self, done: dict[str, list[StoredProduct]], limit: float
    ) -> dict[str, dict[str, Portrait]]:
        products: dict[str, list[dict[str, Any]]] = {
            name: [product.to_json() for product in given if product.name[0] != "_"]
            for name, given in done.items()
        }
        plan = self._snapshot.plan
        asked = {"products": plan.products, "folder": self._snapshot.folder, "blocks": products}
        told: list[dict[str, dict[str, Portrait]]] = apart(
            "products", asked, None, self._root, limit
        )
        return told[0]
