"""Diagnostics with their fixes: each fix gets an id that is found again in the next reading."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence

from mage_jlab.domain.analysis import Diagnostic, DiagnosticPlace, Fix, Severity
from mage_jlab.domain.errors import NotFoundError
from mage_jlab.notebook.cells import Offer, WorkbenchReading
from mage_jlab.notebook.document import Cell
from mage_jlab.notebook.problems import Problem, Repair


def offered(
    problems: Sequence[tuple[Cell, Problem]], ids: Mapping[int, str], blocks: Collection[int]
) -> tuple[list[Diagnostic], list[Offer]]:
    """Make diagnostics of problems.

    Args:
        problems: each problem with its cell, in the notebook's order.
        ids: cell index -> cell id.
        blocks: the indexes of the cells that are blocks.

    Returns:
        The diagnostics, and all their fixes with what carrying them out means.
    """
    diagnostics: list[Diagnostic] = []
    offers: list[Offer] = []
    counts: Counter[tuple[object, ...]] = Counter()
    for cell, problem in problems:
        named: list[tuple[Fix, Repair]] = []
        for repair in _repairs(problem, is_block=cell.index in blocks):
            # Several problems may stand at one place: their fixes are counted together.
            key = (cell.index, problem.code, problem.place, repair.act)
            counts[key] += 1
            number = f"-{counts[key]}" if counts[key] > 1 else ""
            fix = Fix(
                id=f"{repair.act}{number}",
                title=repair.title,
                cell_id=ids.get(repair.cell) if repair.cell is not None else None,
                automatic=repair.automatic,
            )
            named.append((fix, repair))
        diagnostic = problem.diagnostic(cell.id, cell.index, [fix for fix, _ in named])
        diagnostics.append(diagnostic)
        offers += [Offer(diagnostic, fix, repair, cell.index) for fix, repair in named]
    return diagnostics, offers


def _repairs(problem: Problem, *, is_block: bool) -> Iterator[Repair]:
    """Give a problem's repairs; for an error that only a person can mend, the way around it."""
    yield from problem.repairs
    by_hand = all(repair.act in ("edit", "go") for repair in problem.repairs)
    if by_hand and problem.severity is Severity.ERROR:
        if problem.code == "magic" and problem.place is not None:
            yield Repair("drop-line", "Remove the line")
        if is_block:
            yield Repair("untag", "Leave this cell out of the pipeline")


def find_offer(reading: WorkbenchReading, place: DiagnosticPlace, fix: str) -> Offer:
    """Find a fix of a diagnostic.

    Raises:
        NotFoundError: when the notebook has no such diagnostic, or that has no such fix.
    """
    at = [
        offer
        for offer in reading.offers
        if (offer.diagnostic.cell_id, offer.diagnostic.code) == (place.cell_id, place.code)
        and (offer.diagnostic.line, offer.diagnostic.column) == (place.line, place.column)
    ]
    found = next((offer for offer in at if offer.fix.id == fix), None)
    if found is not None:
        return found
    if not at:
        raise NotFoundError(
            f"Cell {place.cell_id} has no {place.code} with a fix there (any more). Check again.",
            "no-diagnostic",
        )
    known = ", ".join(offer.fix.id for offer in at)
    raise NotFoundError(f"{place.code} has no fix {fix} there. Its fixes are {known}.", "no-fix")
