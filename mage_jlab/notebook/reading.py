"""Reading a workbench: from a notebook to blocks, graph and diagnostics. Pure.

It touches no disk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mage_jlab.domain.analysis import AnalysedBlock, Analysis, Diagnostic
from mage_jlab.domain.block import Language
from mage_jlab.domain.errors import OutsideProjectError
from mage_jlab.notebook.block_work import BlockWork
from mage_jlab.notebook.cells import BlockSource, Offer, WorkbenchReading
from mage_jlab.notebook.document import Cell, cells_of, check_notebook, kernel_of, language_of
from mage_jlab.notebook.edges import BlockGraph, graph_of
from mage_jlab.notebook.facts import Parsed, parse
from mage_jlab.notebook.figures import check_figures
from mage_jlab.notebook.function_cells import decorated_function, without_guards
from mage_jlab.notebook.generators import check_generators
from mage_jlab.notebook.global_names import local_source
from mage_jlab.notebook.naming import name_blocks
from mage_jlab.notebook.offers import offered
from mage_jlab.notebook.outside import Outside, outside_of
from mage_jlab.notebook.parameters import Parameters, read_parameters
from mage_jlab.notebook.problems import Problem, Repair, error, make_block
from mage_jlab.notebook.resolving import Survey
from mage_jlab.notebook.results import defines, settle_results
from mage_jlab.notebook.roles import Role, leads_out, role_of
from mage_jlab.notebook.shared import shared_source
from mage_jlab.notebook.survey import changed_names, names_in_broken, shared_names, unstable_names
from mage_jlab.notebook.walk import Walk


def read_workbench(
    notebook: dict[str, Any], *, path: str, pipeline: str, recorded: Mapping[str, str] | None = None
) -> WorkbenchReading:
    """Read a notebook as a pipeline.

    Args:
        notebook: the notebook, as nbformat-4 JSON; it is not changed.
        path: where it lies, as the analysis shall say.
        pipeline: the pipeline that it is for.
        recorded: cell id -> name of the block at the last export.

    Raises:
        BadInputError: when it is no notebook.
        OutsideProjectError: when the pipeline's name leads out of the project.
    """
    check_notebook(notebook)
    if not pipeline or leads_out(pipeline):
        raise OutsideProjectError(
            f"{pipeline or 'An empty name'} cannot be the name of a pipeline."
        )
    reader = _Reader(notebook, recorded or {})
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
    reader = _Reader(notebook, {})
    walk, _ = reader.walked()
    return Walked(walk, {cell.index: cell for cell in reader.cells}, reader.roles, reader.parsed)


class _Reader:
    """One reading: a first walk learns what holds for the whole notebook, a second one uses it."""

    def __init__(self, notebook: dict[str, Any], recorded: Mapping[str, str]) -> None:
        self.notebook = notebook
        self.recorded = recorded
        self.cells = [cell for cell in cells_of(notebook) if cell.kind == "code"]
        self.roles = {cell.index: role_of(cell) for cell in self.cells}
        self.is_python = language_of(notebook) in ("python", "python3", "ipython")
        self.parsed = {cell.index: parse(cell.source) for cell in self.cells}
        self.parameters = Parameters()
        for cell in self.cells:
            if self.roles[cell.index].kind == "parameters":
                self.parameters = read_parameters(self.parsed[cell.index])
        self.names: list[str] = []

    def walked(self) -> tuple[Walk, Survey]:
        """Follow the names through the notebook, twice."""
        walk, survey = self._walk(Survey({}))
        unstable = unstable_names(walk)
        survey = Survey(
            {},
            unstable=unstable,
            changed=changed_names(walk),
            shared=shared_names(walk, unstable),
            later=self._later(walk),
            needed={
                name: block.index
                for _, block in sorted(survey.blocks.items())
                for name in block.read_below
            },
            broken=self._broken(),
        )
        return self._walk(survey)

    def read(self, path: str, pipeline: str) -> WorkbenchReading:
        """Read the notebook."""
        walk, survey = self.walked()
        blocks = list(survey.blocks.values())
        outside = self._outside(walk, survey)
        graph = graph_of(blocks, outside)
        self._scratch_files(walk, outside, survey)
        check_generators(walk.facts, survey)
        check_figures(walk.facts, self.parsed, survey)
        self._check_cells(survey)
        used = dict.fromkeys(name for block in blocks for name in block.shared)
        sources = [self._source(block, graph) for block in blocks]
        diagnostics, offers = self._diagnostics(survey)
        analysis = Analysis(
            notebook=path,
            pipeline=pipeline,
            blocks=[self._analysed(block, graph) for block in blocks],
            edges=graph.edges,
            variables=self.parameters.variables,
            parameters_cell=next(
                (cell.id for cell in self.cells if self.roles[cell.index].kind == "parameters"),
                None,
            ),
            diagnostics=diagnostics,
        )
        requirements = dict.fromkeys(
            one for parsed in self.parsed.values() for one in parsed.translation.requirements
        )
        return WorkbenchReading(
            path,
            pipeline,
            kernel_of(self.notebook),
            sources,
            analysis,
            self.parameters.variables,
            shared_source(walk, used),
            walk.settings.source(),
            list(requirements),
            offers,
        )

    def _walk(self, survey: Survey) -> tuple[Walk, Survey]:
        blocks = {cell.index: self._block(cell, self.roles[cell.index]) for cell in self._blocks()}
        for block, name in zip(blocks.values(), self.names, strict=False):
            block.name = name
        survey = replace(survey, blocks=blocks, notes={})
        walk = Walk(survey)
        for cell in self.cells if self.is_python else []:
            if cell.index in blocks:
                walk.block(blocks[cell.index])
            elif self.roles[cell.index].kind == "parameters":
                walk.parameters(cell, self.parsed[cell.index], self.parameters)
            else:
                walk.scratch(cell, self.parsed[cell.index])
        for block in blocks.values():
            settle_results(block)
        self.names = name_blocks(list(blocks.values()), self.recorded)
        for block, name in zip(blocks.values(), self.names, strict=True):
            block.name = name
        return walk, survey

    def _blocks(self) -> list[Cell]:
        return [cell for cell in self.cells if self.roles[cell.index].kind == "block"]

    def _block(self, cell: Cell, role: Role) -> BlockWork:
        block = BlockWork(cell, role, self.parsed[cell.index])
        for problem in role.problems:
            block.report(problem)
        if not self.is_python:
            return block
        function, type_, second = decorated_function(block.parsed)
        if function is not None:
            block.style, block.function = "function", function
            block.parsed = without_guards(block.parsed)
            if second is not None:
                block.report(second)
            if (
                type_ is not None
                and type_ is not role.type
                and any(tag.startswith("block:") for tag in cell.tags)
            ):
                block.report(
                    error(
                        "block-type",
                        f"The cell's tag says {role.type.value}, and its decorator {type_.value}.",
                        None,
                        (
                            Repair(
                                "set-type",
                                f"Make it a {type_.value}",
                                names=(type_.value,),
                                automatic=True,
                            ),
                        ),
                    )
                )
        return block

    def _later(self, walk: Walk) -> dict[str, list[int]]:
        return {
            name: [binding.cell for binding in meanings] for name, meanings in walk.meanings.items()
        }

    def _broken(self) -> frozenset[str]:
        return names_in_broken(self.parsed.values())

    def _outside(self, walk: Walk, survey: Survey) -> dict[int, Outside]:
        literals: dict[str, str] = {
            name: value
            for name, value in self.parameters.variables.items()
            if isinstance(value, str)
        }
        found = {}
        for index, block in survey.blocks.items():
            if block.foreign is not None:
                found[index] = block.foreign.outside
            if block.parsed.tree is None:
                continue
            known = tuple(
                (name, literals[name]) for name in sorted(block.parsed.words & literals.keys())
            )
            shared = [walk.meanings[name][-1].statements[0] for name in block.shared]
            parts = [*block.head_imports, *block.copied, *block.derived, *shared]
            text = "\n".join([*parts, block.parsed.source])
            found[index] = outside_of(text, known)
        return found

    def _scratch_files(self, walk: Walk, outside: Mapping[int, Outside], survey: Survey) -> None:
        """Refuse what an untagged cell writes and a block below names: a run would not have it."""
        for index, (_, parsed) in self._scratch_cells().items():
            written = outside_of(parsed.source, ()).writes
            moves = "os.chdir" in walk.facts[index].session.values()
            for below, other in outside.items() if written else ():
                if moves and below > index:
                    message = (
                        "This untagged cell makes what it changes the folder to, so "
                        f"{survey.blocks[below].name} would not find it in a run."
                    )
                    survey.report(
                        index,
                        error(
                            "scratch-value", message, None, (make_block("Make this cell a block"),)
                        ),
                    )
                    break
                met = Outside(written, written).meets(Outside(frozenset(), other.names))
                if met and below > index:
                    address = met[0].removeprefix("table:")
                    message = (
                        f"{address} is written in this untagged cell, so "
                        f"{survey.blocks[below].name} "
                        "would not find it in a run."
                    )
                    survey.report(
                        index,
                        error(
                            "scratch-value", message, None, (make_block("Make this cell a block"),)
                        ),
                    )
                    break

    def _scratch_cells(self) -> dict[int, tuple[Cell, Parsed]]:
        return {
            cell.index: (cell, self.parsed[cell.index])
            for cell in (self.cells if self.is_python else [])
            if self.roles[cell.index].kind == "scratch"
        }

    def _check_cells(self, survey: Survey) -> None:
        """Note what is wrong with cells as such: their kernel, their syntax, their ids."""
        if not self.is_python:
            first = self._blocks() or self.cells
            if first:
                survey.report(
                    first[0].index,
                    error(
                        "not-python",
                        f"This notebook's kernel speaks {language_of(self.notebook)}; "
                        f"only Python can be exported.",
                        None,
                        ("Choose a Python kernel",),
                    ),
                )
            return
        for cell in self.cells:
            parsed = self.parsed[cell.index]
            if parsed.syntax is not None:
                survey.report(cell.index, parsed.syntax)
            if self.roles[cell.index].kind == "parameters":
                for problem in self.parameters.problems:
                    survey.report(cell.index, problem)
        seen: set[str] = set()
        for cell in self._blocks():
            if cell.id in seen:
                survey.report(
                    cell.index,
                    error(
                        "cell-id",
                        f"Another cell has the same id, {cell.id}.",
                        None,
                        (Repair("new-id", "Give this cell an id of its own", automatic=True),),
                    ),
                )
            seen.add(cell.id)

    def _analysed(self, block: BlockWork, graph: BlockGraph) -> AnalysedBlock:
        return AnalysedBlock(
            name=block.name,
            type=block.role.type,
            language=block.foreign.language if block.foreign is not None else Language.PYTHON,
            cell_id=block.cell.id,
            index=block.index,
            reads=list(dict.fromkeys(result for _, result in block.inputs.values())),
            defines=defines(block),
            results=block.results,
            upstream=graph.upstream[block.name],
            inputs=self._inputs(block),
        )

    def _inputs(self, block: BlockWork) -> dict[str, str]:
        ordered = sorted(block.inputs.items(), key=lambda item: item[1][0].index)
        return {parameter: f"{giver.name}.{result}" for parameter, (giver, result) in ordered}

    def _source(self, block: BlockWork, graph: BlockGraph) -> BlockSource:
        facts = block.facts
        source = parse(block.cell.source).source
        configuration = block.role.configuration
        if block.foreign is not None:
            source, configuration = block.foreign.text, block.foreign.configuration
        elif block.function is None:
            source = local_source(block, source)
        return BlockSource(
            name=block.name,
            type=block.role.type,
            language=block.foreign.language if block.foreign is not None else Language.PYTHON,
            cell_id=block.cell.id,
            index=block.index,
            style=block.style,
            source=source,
            is_async=facts.is_async,
            inputs=self._inputs(block),
            upstream=graph.upstream[block.name],
            results=block.results,
            maybe_unbound=frozenset(
                name
                for name in block.results
                if name in facts.binds
                and name not in facts.sure
                and name not in block.inputs
                and name not in block.variables
                and block.function is None
            ),
            variables=list(block.variables.items()),
            derived=list(block.derived),
            head_imports=list(block.head_imports),
            shared=list(block.shared),
            copied=list(block.copied),
            function_name=block.function.name if block.function is not None else None,
            configuration=configuration,
            head=block.foreign.head if block.foreign is not None else "",
            cell_text=block.cell.source,
        )

    def _diagnostics(self, survey: Survey) -> tuple[list[Diagnostic], list[Offer]]:
        found: list[tuple[Cell, Problem]] = []
        for cell in self.cells:
            block = survey.blocks.get(cell.index)
            problems = block.problems if block is not None else survey.notes.get(cell.index, [])
            found += [(cell, problem) for problem in problems]
        ids = {cell.index: cell.id for cell in cells_of(self.notebook)}
        return offered(found, ids, survey.blocks.keys())
