"""Holding a notebook against the one rule: as it runs, and as its pipeline runs."""

from __future__ import annotations

import shutil
import tempfile
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from mage_jlab.domain.errors import MageError
from mage_jlab.notebook.cells import BlockSource, WorkbenchReading
from mage_jlab.notebook.document import needs_upgrade, upgrade
from tests.fidelity.notebooks import Notebook, load, made_ready, without
from tests.fidelity.pipelines import PipelineRun, PipelineRunner
from tests.fidelity.portrait import difference
from tests.fidelity.running import TooLongError, run_session
from tests.fidelity.truth import Edges, edges_of, truth_of

LIMIT = 120.0
"""Seconds for a notebook, and for each block."""


@dataclass
class Verdict:
    """What was found of one notebook.

    Attributes:
        kind: ``equal``, ``refused``, ``different``, ``failed`` (in the run), ``notebook`` (it does
            not run from top to bottom here), ``too long`` or ``crash``.
        details: what differs or failed, or why it was refused, a line each.
        codes: the codes that refused it.
        compared: how many results were compared.
        dropped: the places of cells that fail here and were left out.
    """

    path: str
    kind: str
    details: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    blocks: int = 0
    compared: int = 0
    unrepeatable: int = 0
    dropped: list[int] = field(default_factory=list)
    edges: Edges | None = None
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Give it as JSON."""
        return asdict(self)


def judge(path: Path, *, drop_failing: bool = False, limit: float = LIMIT) -> Verdict:
    """Run a notebook both ways and compare.

    Args:
        path: the notebook's file.
        drop_failing: leave out cells that fail here, instead of giving up on the notebook.
        limit: seconds for the notebook, and for each block.
    """
    began = time.perf_counter()
    root = Path(tempfile.mkdtemp(prefix="fidelity_"))
    try:
        verdict = _Trial(path, root, limit).judge(drop_failing)
    except TooLongError as problem:
        verdict = Verdict(str(path), "too long", [str(problem)])
    except MageError as problem:
        verdict = Verdict(str(path), "notebook", [str(problem)])
    except Exception:
        verdict = Verdict(str(path), "crash", [traceback.format_exc()])
    finally:
        shutil.rmtree(root, ignore_errors=True)
    verdict.seconds = time.perf_counter() - began
    return verdict


class _Trial:
    """One notebook, run in folders below a root."""

    def __init__(self, path: Path, root: Path, limit: float) -> None:
        self.path, self.root, self.limit = path, root, limit
        self.count = 0

    def judge(self, drop_failing: bool) -> Verdict:
        document = load(self.path)
        if needs_upgrade(document):
            upgrade(document)
        dropped: set[int] = set()
        if drop_failing:
            dropped = self._failing(document)
            document = without(document, dropped)
        tagged, reading = made_ready(document)
        results = {block.cell_id: block.results for block in reading.blocks}
        everything = [name for names in results.values() for name in names]
        wanted = dict.fromkeys(results, everything)
        with ThreadPoolExecutor(2) as pool:
            first, second = pool.map(lambda _: self._run(document, wanted), range(2))
        verdict = Verdict(str(self.path), "equal", dropped=sorted(dropped))
        verdict.blocks = len(reading.blocks)
        wrong = next((cell for cell in first if cell["error"]), None)
        if wrong is not None:
            place = [cell.get("id") for cell in document["cells"]].index(wrong["id"])
            text = f"cell #{place} fails: {wrong['error']}"
            verdict.kind, verdict.details = "notebook", [text]
            return verdict
        names = {block.cell_id: block.name for block in reading.blocks}
        verdict.edges = edges_of(truth_of(first, names), reading.analysis)
        if reading.analysis.errors:
            verdict.kind = "refused"
            verdict.codes = sorted({problem.code for problem in reading.analysis.errors})
            verdict.details = [
                f"#{problem.index} {problem.code}: {problem.message}"
                for problem in reading.analysis.errors
            ]
            return verdict
        self._compare(verdict, tagged, reading, first, second)
        return verdict

    def _run(self, document: Notebook, wanted: dict[str, list[str]]) -> list[dict[str, Any]]:
        self.count += 1
        root = self.root / f"session{self.count}"
        return run_session(document, self.path, root, wanted, limit=self.limit)

    def _failing(self, document: Notebook) -> set[int]:
        """Find the cells that fail, until the rest runs."""
        dropped: set[int] = set()
        places = {cell.get("id"): at for at, cell in enumerate(document["cells"])}
        for _ in range(3):
            self.count += 1
            root = self.root / f"session{self.count}"
            rest = without(document, dropped)
            done = run_session(rest, self.path, root, {}, limit=self.limit, go_on=True)
            wrong = {places[cell["id"]] for cell in done if cell["error"]}
            if not wrong:
                break
            dropped |= wrong
        return dropped

    def _compare(
        self,
        verdict: Verdict,
        tagged: Notebook,
        reading: WorkbenchReading,
        first: list[dict[str, Any]],
        second: list[dict[str, Any]],
    ) -> None:
        run = PipelineRunner(tagged, reading, self.path, self.root / "pipeline").run(self.limit)
        again = {cell["id"]: cell["values"] for cell in second}
        once = {cell["id"]: cell["values"] for cell in first}
        for block in reading.blocks:
            if block.name not in run.failed:
                values = once[block.cell_id], again.get(block.cell_id, {})
                self._compare_block(verdict, block, run, *values)
        if verdict.details:
            verdict.kind = "different"
        if run.failed:
            verdict.kind = "failed"
            verdict.details[:0] = [f"{name} failed: {why}" for name, why in run.failed.items()]

    def _compare_block(
        self,
        verdict: Verdict,
        block: BlockSource,
        run: PipelineRun,
        once: dict[str, Any],
        again: dict[str, Any],
    ) -> None:
        given = run.values[block.name]
        for name in block.results:
            if block.style == "function" and name not in once:
                continue
            if (name in once) is not (name in given):
                where = "the notebook" if name in once else "the pipeline"
                verdict.details.append(f"{block.name}.{name} is there in {where} alone")
                continue
            if name not in once:
                continue
            verdict.compared += 1
            verdict.unrepeatable += once[name] != again.get(name)
            found = difference(once[name], given[name], again.get(name))
            if found is not None:
                verdict.details.append(
                    f"{block.name}.{name} (#{block.index}) at {found} (notebook and pipeline)"
                )
