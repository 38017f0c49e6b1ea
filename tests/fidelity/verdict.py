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
from tests.fidelity.notebooks import Notebook, code_of, load, mended, read, tagged, without
from tests.fidelity.pipelines import PipelineRun, PipelineRunner
from tests.fidelity.portrait import difference, public
from tests.fidelity.running import TooLongError, run_session
from tests.fidelity.truth import Edges, edges_of, truth_of

Cells = list[dict[str, Any]]
"""What each cell did."""

LIMIT = 120.0
"""Seconds for a notebook, and for each block."""


@dataclass
class Verdict:
    """What was found of one notebook.

    Attributes:
        kind: ``equal``, ``refused``, ``different``, ``failed`` (in the run), ``no block``,
            ``notebook`` (it does not run from top to bottom here), ``too long`` or ``crash``.
        details: what differs or failed, or why it was refused, a line each.
        codes: the codes that refused it.
        compared: how many results were compared.
        unrepeatable: how many of them differ from one run of the notebook to the next, in part.
        changed: whether mending changed the text of a cell.
        dropped: the places of cells that fail here and were left out.
    """

    path: str
    kind: str
    details: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    blocks: int = 0
    compared: int = 0
    unrepeatable: int = 0
    changed: bool = False
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
        verdict = Verdict(str(self.path), "equal")
        if drop_failing:
            verdict.dropped = sorted(self._failing(document))
            document = without(document, verdict.dropped)
        start = tagged(document)
        first_reading = read(start)
        if not first_reading.blocks:
            verdict.kind = "no block"
            return verdict
        ready = mended(start)
        reading = read(ready)
        verdict.blocks = len(reading.blocks)
        verdict.changed = code_of(ready) != code_of(start)
        versions = [ready, ready, *([start] if verdict.changed else [])]
        with ThreadPoolExecutor(2) as pool:
            once, again, *rest = pool.map(lambda one: self._run(one, reading), versions)
        original = rest[0] if rest else once
        self._check_start(verdict, first_reading, start, original)
        if verdict.kind != "notebook":
            self._check_mending(verdict, original, once, again)
            if reading.analysis.errors:
                self._refuse(verdict, reading)
            elif verdict.kind == "equal":
                self._compare(verdict, ready, reading, once, again)
        return verdict

    def _check_start(
        self, verdict: Verdict, reading: WorkbenchReading, start: Notebook, done: Cells
    ) -> None:
        wrong = next((cell for cell in done if cell["error"]), None)
        if wrong is not None:
            place = [cell.get("id") for cell in start["cells"]].index(wrong["id"])
            verdict.kind = "notebook"
            verdict.details = [f"cell #{place} fails: {wrong['error']}"]
            return
        names = {block.cell_id: block.name for block in reading.blocks}
        verdict.edges = edges_of(truth_of(done, names), reading.analysis)

    def _check_mending(self, verdict: Verdict, original: Cells, once: Cells, again: Cells) -> None:
        """A notebook that was mended must leave what it left before."""
        wrong = next((cell["error"] for cell in once if cell["error"]), None)
        if wrong is not None:
            verdict.kind, verdict.details = "different", [f"mended, the notebook fails: {wrong}"]
            return
        left, right, other = (cells[-1]["digests"] for cells in (original, once, again))
        verdict.details = [
            f"{name}: the mended notebook leaves another value"
            for name in left.keys() & right.keys()
            if left[name] != right[name] == other.get(name)
        ]
        if verdict.details:
            verdict.kind = "different"

    @staticmethod
    def _refuse(verdict: Verdict, reading: WorkbenchReading) -> None:
        errors = reading.analysis.errors
        verdict.kind = "refused"
        verdict.codes = sorted({problem.code for problem in errors})
        verdict.details += [f"#{one.index} {one.code}: {one.message}" for one in errors]

    def _run(self, document: Notebook, reading: WorkbenchReading) -> Cells:
        results = {block.cell_id: block.results for block in reading.blocks}
        return run_session(document, self.path, self._folder(), results, limit=self.limit)

    def _folder(self) -> Path:
        self.count += 1
        return self.root / f"session{self.count}"

    def _failing(self, document: Notebook) -> set[int]:
        """Find the cells that fail, until the rest runs."""
        dropped: set[int] = set()
        places = {cell.get("id"): at for at, cell in enumerate(document["cells"])}
        for _ in range(3):
            rest = without(document, dropped)
            done = run_session(rest, self.path, self._folder(), {}, limit=self.limit, go_on=True)
            wrong = {places[cell["id"]] for cell in done if cell["error"]}
            if not wrong:
                break
            dropped |= wrong
        return dropped

    def _compare(
        self,
        verdict: Verdict,
        ready: Notebook,
        reading: WorkbenchReading,
        once: Cells,
        again: Cells,
    ) -> None:
        run = PipelineRunner(ready, reading, self.path, self.root / "pipeline").run(self.limit)
        first, second = ({cell["id"]: cell["values"] for cell in cells} for cells in (once, again))
        for block in reading.blocks:
            if block.name not in run.failed:
                values = first[block.cell_id], second.get(block.cell_id, {})
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
            told = (public(side) for side in (once[name], given[name], again.get(name)))
            found = difference(*told)
            if found is not None:
                verdict.details.append(
                    f"{block.name}.{name} (#{block.index}) at {found} (notebook and pipeline)"
                )
