"""What is wrong with cells as such: their kernel, syntax, ids, and files that no run would have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mage_jlab.notebook.cell_front import Front
from mage_jlab.notebook.facts import CellFacts
from mage_jlab.notebook.outside import Outside, outside_of
from mage_jlab.notebook.parameters import Parameters
from mage_jlab.notebook.problems import Repair, error, make_block
from mage_jlab.notebook.resolving import Survey


def check_scratch_files(
    fronts: Iterable[Front],
    facts: Mapping[int, CellFacts],
    outside: Mapping[int, Outside],
    survey: Survey,
) -> None:
    """Refuse what an untagged cell writes and a block below names: a run would not have it."""
    for front in fronts:
        index = front.cell.index
        if front.role.kind != "scratch":
            continue
        written = outside_of((front.parsed.source,), ()).writes
        if not written:
            continue
        moves = "os.chdir" in facts[index].session.values()
        for below, other in outside.items():
            if below <= index:
                continue
            name = survey.blocks[below].name
            met = Outside(written, written).meets(Outside(frozenset(), other.names))
            if moves:
                message = (
                    "This untagged cell makes what it changes the folder to, so "
                    f"{name} would not find it in a run."
                )
            elif met:
                address = met[0].removeprefix("table:")
                message = (
                    f"{address} is written in this untagged cell, so {name} "
                    "would not find it in a run."
                )
            else:
                continue
            fixes = (make_block("Make this cell a block"),)
            survey.report(index, error("scratch-value", message, None, fixes))
            break


def check_language(fronts: Iterable[Front], language: str, survey: Survey) -> None:
    """Say that a notebook in another language than Python cannot be exported."""
    message = f"This notebook's kernel speaks {language}; only Python can be exported."
    first = next(iter(survey.blocks), next((one.cell.index for one in fronts), None))
    if first is not None:
        fixes = ("Choose a Python kernel",)
        survey.report(first, error("not-python", message, None, fixes))


def check_cells(fronts: Iterable[Front], parameters: Parameters, survey: Survey) -> None:
    """Note what is wrong with cells as such: their syntax, their ids, the runtime variables."""
    for front in fronts:
        if front.parsed.syntax is not None:
            survey.report(front.cell.index, front.parsed.syntax)
        if front.role.kind == "parameters":
            for problem in parameters.problems:
                survey.report(front.cell.index, problem)
    seen: set[str] = set()
    for block in survey.blocks.values():
        if block.cell.id in seen:
            message = f"Another cell has the same id, {block.cell.id}."
            fix = Repair("new-id", "Give this cell an id of its own", automatic=True)
            block.report(error("cell-id", message, None, (fix,)))
        seen.add(block.cell.id)
