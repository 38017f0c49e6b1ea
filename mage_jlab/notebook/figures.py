"""pyplot's current figure: Jupyter closes it at the end of a cell, as a run does with a block.

So a block that only finishes or saves a figure which a cell above has begun has no such figure.
Under a magic that keeps figures open (``%matplotlib widget``) drawing goes on with it as well.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from mage_jlab.domain.analysis import Severity
from mage_jlab.notebook.block_work import BlockWork
from mage_jlab.notebook.facts import CellFacts, Parsed
from mage_jlab.notebook.problems import Place, Problem, Repair, error, merge
from mage_jlab.notebook.resolving import Survey

_KEEPS_OPEN = re.compile(r"^\s*%matplotlib\s+(?!inline\b|agg\b|-)\w", re.MULTILINE)


def check_figures(
    facts: Mapping[int, CellFacts], parsed: Mapping[int, Parsed], survey: Survey
) -> None:
    """Refuse blocks that go on with a figure of a cell above."""
    keeps_open = any(
        "%matplotlib" in one.text and _KEEPS_OPEN.search(one.text) for one in parsed.values()
    )
    above: int | None = None
    for index, one in sorted(facts.items()):
        block = survey.blocks.get(index)
        place = _goes_on(one.figures, keeps_open=keeps_open)
        if block is not None and above is not None and place is not None:
            _refuse(block, above, place, survey)
        elif block is not None:
            _suggest(block, facts)
        if "begins" in one.figures:
            above = index


def needs_figure(figures: Mapping[str, Place]) -> bool:
    """Say whether a cell goes on with a figure that it has not begun."""
    return _goes_on(figures, keeps_open=False) is not None


def _suggest(block: BlockWork, facts: Mapping[int, CellFacts]) -> None:
    """Say where a block goes on with a figure of a block above: one cell would show it whole."""
    for name, (place, _) in block.changes.items():
        giver = block.inputs[name][0] if name in block.inputs else None
        value = facts[giver.index].values.get(name) if giver is not None else None
        if giver is not None and value is not None and value.kind == "figure":
            message = (
                f"{name} is begun in {giver.name}; in one cell the figure is shown as a whole."
            )
            joined = Repair("merge", f"Merge this cell into {giver.name}", giver.index)
            block.report(Problem(Severity.INFO, "merge", message, place, (joined,)))


def _goes_on(figures: Mapping[str, Place], *, keeps_open: bool) -> Place | None:
    """Give the first place where a cell needs a figure that it has not begun."""
    begun = figures.get("new") if keeps_open else figures.get("begins")
    wanted = [figures[one] for one in ("uses", "finishes") if one in figures]
    if keeps_open and "begins" in figures:
        wanted.append(figures["begins"])
    if begun is None:
        return min(wanted, key=_order, default=None)
    uses = figures.get("uses")
    if uses is not None and _order(uses) < _order(begun):
        return uses
    return None


def _order(place: Place) -> tuple[int, int]:
    return place.line, place.column


def _refuse(block: BlockWork, above: int, place: Place, survey: Survey) -> None:
    other = survey.blocks.get(above)
    name = other.name if other is not None else f"cell #{above}"
    message = (
        f"This goes on with the figure that {name} began, and in a run each block begins its own."
    )
    fixes = (
        merge(above, f"Merge this cell into {name}"),
        "Draw on axes of its own (fig, ax = plt.subplots())",
    )
    block.report(error("hidden-state", message, place, fixes))
