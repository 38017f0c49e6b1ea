"""Reading a workbench: from a notebook to blocks, graph and diagnostics. Pure.

It touches no disk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from mage_jlab.domain.analysis import AnalysedBlock, Analysis, Diagnostic
from mage_jlab.domain.errors import OutsideProjectError
from mage_jlab.notebook.block_sources import made_of, named_inputs
from mage_jlab.notebook.block_work import BlockWork
from mage_jlab.notebook.cell_checks import check_cells, check_language, check_scratch_files
from mage_jlab.notebook.cell_front import Front, front_of
from mage_jlab.notebook.cells import BlockSource, Offer, WorkbenchReading
from mage_jlab.notebook.document import Cell, cells_of, check_notebook, kernel_of, language_of
from mage_jlab.notebook.edges import BlockGraph, graph_of
from mage_jlab.notebook.facts import Parsed
from mage_jlab.notebook.figures import check_figures
from mage_jlab.notebook.generators import check_generators
from mage_jlab.notebook.naming import name_blocks
from mage_jlab.notebook.offers import offered
from mage_jlab.notebook.outside import Outside, outside_of
from mage_jlab.notebook.parameters import Parameters, read_parameters
from mage_jlab.notebook.problems import Problem
from mage_jlab.notebook.resolving import Survey
from mage_jlab.notebook.results import settle_results
from mage_jlab.notebook.roles import Role, leads_out
from mage_jlab.notebook.shared import shared_source
from mage_jlab.notebook.steps import Retracing, Round, Step
from mage_jlab.notebook.survey import changed_names, names_in_broken, shared_names, unstable_names
from mage_jlab.notebook.walk import Walk


@dataclass
class Memory:
    """What is kept of the last reading of one notebook, so that the next one is quick.

    A reading gives the same with and without it. It is no larger than what one reading makes, and
    is for one thread at a time.

    Attributes:
        fronts: the code cells by their index, before the notebook is walked.
        rounds: the first and the second walk.
    """

    fronts: dict[int, Front] = field(default_factory=dict)
    rounds: tuple[Round, Round] = field(default_factory=lambda: (Round(), Round()))


def read_workbench(
    notebook: dict[str, Any],
    *,
    path: str,
    pipeline: str,
    recorded: Mapping[str, str] | None = None,
    memory: Memory | None = None,
) -> WorkbenchReading:
    """Read a notebook as a pipeline.

    Args:
        notebook: the notebook, as nbformat-4 JSON; it is not changed.
        path: where it lies, as the analysis shall say.
        pipeline: the pipeline that it is for.
        recorded: cell id -> name of the block at the last export.
        memory: what the last reading of this notebook left; it is brought up to date.

    Raises:
        BadInputError: when it is no notebook.
        OutsideProjectError: when the pipeline's name leads out of the project.
    """
    check_notebook(notebook)
    if not pipeline or leads_out(pipeline):
        raise OutsideProjectError(
            f"{pipeline or 'An empty name'} cannot be the name of a pipeline."
        )
    reader = _Reader(notebook, recorded or {}, memory or Memory())
    return reader.read(path, pipeline)


@dataclass(frozen=True)
class Walked:
    """What the code cells of a notebook do, by their index, whatever their tags are."""

    walk: Walk
    cells: dict[int, Cell]
    roles: dict[int, Role]
    parsed: dict[int, Parsed]


def walk_workbench(notebook: dict[str, Any]) -> Walked:
    """Follow the names of a notebook in Python through its cells."""
    reader = _Reader(notebook, {}, Memory())
    walk, _ = reader.walked()
    fronts = reader.fronts.values()
    return Walked(
        walk,
        {front.cell.index: front.cell for front in fronts},
        {front.cell.index: front.role for front in fronts},
        {front.cell.index: front.parsed for front in fronts},
    )


class _Reader:
    """One reading: a first walk learns what holds for the whole notebook, a second one uses it."""

    def __init__(
        self, notebook: dict[str, Any], recorded: Mapping[str, str], memory: Memory
    ) -> None:
        self.notebook = notebook
        self.recorded = recorded
        self.memory = memory
        self.language = language_of(notebook)
        self.is_python = self.language in ("python", "python3", "ipython")
        self.ids: dict[int, str] = {}
        self.fronts: dict[int, Front] = {}
        for cell in cells_of(notebook):
            self.ids[cell.index] = cell.id
            if cell.kind == "code":
                self.fronts[cell.index] = self._front(cell)
        self.key = (self.is_python, [(at, one.role.kind) for at, one in self.fronts.items()])
        self.parameters = Parameters()
        for front in self.fronts.values():
            if front.role.kind == "parameters":
                self.parameters = read_parameters(front.parsed)
        self.names: list[str] = []
        self.steps: dict[int, Step] = {}

    def _front(self, cell: Cell) -> Front:
        known = self.memory.fronts.get(cell.index)
        if known is not None and known.is_python == self.is_python and known.fits(cell):
            return known
        return front_of(cell, is_python=self.is_python)

    def walked(self) -> tuple[Walk, Survey]:
        """Follow the names through the notebook, twice."""
        first, second = self.memory.rounds
        walk, survey, first = self._walk(Survey({}), first)
        changed = changed_names(walk)
        unstable = unstable_names(walk, changed)
        learned = Survey(
            {},
            unstable=unstable,
            changed=changed,
            shared=shared_names(walk, unstable),
            later={name: [one.cell for one in many] for name, many in walk.meanings.items()},
            needed={
                name: block.index
                for _, block in sorted(survey.blocks.items())
                for name in block.read_below
            },
            broken=names_in_broken(front.parsed for front in self.fronts.values()),
        )
        walk, survey, second = self._walk(learned, second)
        self.steps = second.steps
        self.memory.fronts, self.memory.rounds = self.fronts, (first, second)
        return walk, survey

    def read(self, path: str, pipeline: str) -> WorkbenchReading:
        """Read the notebook."""
        walk, survey = self.walked()
        blocks = list(survey.blocks.values())
        parsed = {index: front.parsed for index, front in self.fronts.items()}
        outside = self._outside(walk, survey)
        graph = graph_of(blocks, outside)
        if self.is_python:
            check_scratch_files(self.fronts.values(), walk.facts, outside, survey)
        check_generators(walk.facts, survey)
        check_figures(walk.facts, parsed, survey)
        if self.is_python:
            check_cells(self.fronts.values(), self.parameters, survey)
        else:
            check_language(self.fronts.values(), self.language, survey)
        used = dict.fromkeys(name for block in blocks for name in block.shared)
        made = [self._made(block, graph) for block in blocks]
        diagnostics, offers = self._diagnostics(survey)
        analysis = Analysis(
            notebook=path,
            pipeline=pipeline,
            blocks=[analysed for analysed, _ in made],
            edges=graph.edges,
            variables=self.parameters.variables,
            parameters_cell=next(
                (one.cell.id for one in self.fronts.values() if one.role.kind == "parameters"),
                None,
            ),
            diagnostics=diagnostics,
        )
        requirements = dict.fromkeys(
            line for one in parsed.values() for line in one.translation.requirements
        )
        return WorkbenchReading(
            path,
            pipeline,
            kernel_of(self.notebook),
            [source for _, source in made],
            analysis,
            self.parameters.variables,
            shared_source(walk, used),
            walk.settings.source(),
            list(requirements),
            offers,
        )

    def _walk(self, learned: Survey, before: Round) -> tuple[Walk, Survey, Round]:
        log: list[tuple[int, Problem]] = []
        tagged = [one for one in self.fronts.values() if one.role.kind == "block"]
        blocks = {front.cell.index: front.block.afresh(log) for front in tagged}
        for block, name in zip(blocks.values(), self.names, strict=False):
            block.name = name
        survey = replace(learned, blocks=blocks, notes={}, log=log)
        walk = Walk(survey)
        now = Round(self.key, survey, self.names)
        retracing = Retracing(walk, before, now)
        for front in self.fronts.values() if self.is_python else ():
            retracing.go(front, partial(self._step, walk, front))
        for block in blocks.values():
            retracing.settle(block, settle_results)
        self.names = name_blocks(list(blocks.values()), self.recorded)
        for block, name in zip(blocks.values(), self.names, strict=True):
            block.name = name
        return walk, survey, now

    def _step(self, walk: Walk, front: Front) -> None:
        if front.role.kind == "block":
            block = walk.survey.blocks[front.cell.index]
            block.begin()
            walk.block(block)
        elif front.role.kind == "parameters":
            walk.parameters(front.cell, front.parsed, self.parameters)
        else:
            walk.scratch(front.cell, front.parsed)

    def _outside(self, walk: Walk, survey: Survey) -> dict[int, Outside]:
        literals = {
            name: value
            for name, value in self.parameters.variables.items()
            if isinstance(value, str)
        }
        named = sorted(literals)
        found = {}
        for index, block in survey.blocks.items():
            if block.foreign is not None:
                found[index] = block.foreign.outside
            if block.parsed.tree is None:
                continue
            known = tuple((name, literals[name]) for name in named if name in block.parsed.words)
            shared = [walk.meanings[name][-1].statements[0] for name in block.shared]
            make = partial(_outside_of, block, shared, known)
            step = self.steps.get(index)
            found[index] = step.once("outside", (known, shared), make) if step else make()
        return found

    def _made(self, block: BlockWork, graph: BlockGraph) -> tuple[AnalysedBlock, BlockSource]:
        upstream = graph.upstream[block.name]
        inputs = named_inputs(block)
        step = self.steps.get(block.index)
        if step is None or "global" in block.parsed.words:  # of these problems may be noted
            return made_of(block, upstream, inputs)
        of = (block.name, upstream, inputs, block.results, block.read_below)
        return step.once("made", of, partial(made_of, block, upstream, inputs))

    def _diagnostics(self, survey: Survey) -> tuple[list[Diagnostic], list[Offer]]:
        found: list[tuple[Cell, Problem]] = []
        for index, front in self.fronts.items():
            block = survey.blocks.get(index)
            problems = block.problems if block is not None else survey.notes.get(index, [])
            found += [(front.cell, problem) for problem in problems]
        return offered(found, self.ids, survey.blocks.keys())


def _outside_of(block: BlockWork, shared: list[str], known: tuple[tuple[str, str], ...]) -> Outside:
    parts = [*block.head_imports, *block.copied, *block.derived, *shared]
    sources = ("\n".join(parts), block.parsed.source) if parts else (block.parsed.source,)
    return outside_of(sources, known)
