"""Joining two cells into one, with those between that must come along.

The notebook gives what it gave: a cell between that would see a difference is joined too.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mage_jlab.domain.block import BlockType
from mage_jlab.domain.errors import UnprocessableError
from mage_jlab.notebook.dependence import Doing, doings
from mage_jlab.notebook.draft import Draft
from mage_jlab.notebook.guess import guess_type
from mage_jlab.notebook.magics import translate
from mage_jlab.notebook.reading import Walked, walk_workbench

_STRONGEST = (
    BlockType.SENSOR,
    BlockType.DATA_EXPORTER,
    BlockType.DATA_LOADER,
    BlockType.TRANSFORMER,
    BlockType.CUSTOM,
    BlockType.CONDITIONAL,
    BlockType.CALLBACK,
    BlockType.CHART,
    BlockType.SCRATCHPAD,
    BlockType.MARKDOWN,
)
_ALONE = ("data_loader", "transformer", "data_exporter", "sensor", "custom")
_TIMING = ("time", "capture", "prun", "memit", "block")
"""Cell magics that a joined cell can do without."""


@dataclass(frozen=True)
class Joint:
    """Which cells are joined, in order, and at the place of which of them."""

    cells: tuple[int, ...]
    at: int


def merge_cells(draft: Draft, first: int, second: int) -> None:
    """Join two code cells of a draft, and those between that must come along.

    Raises:
        UnprocessableError: when they cannot be joined; the sentence says why.
    """
    walked = walk_workbench(draft.notebook)
    joint = plan(walked, first, second)
    _join(draft, joint)


def plan(walked: Walked, first: int, second: int) -> Joint:
    """Find the fewest cells to join, and the place for them.

    Raises:
        UnprocessableError: when the two cannot be joined.
    """
    first, second = sorted((first, second))
    doing = doings(walked)
    for index in (first, second):
        _check(walked, index)
    best: tuple[int, Joint] | None = None
    for at in sorted(doing, reverse=True):
        if not first <= at <= second:
            continue
        cells = _closure(doing, {first, second, at}, at)
        if any(_obstacle(walked, index) for index in cells):
            continue
        cost = sum(_cost(walked, doing, index) for index in cells)
        if best is None or cost < best[0]:
            best = (cost, Joint(tuple(sorted(cells)), at))
    if best is None:
        between = next(
            index
            for index in sorted(_closure(doing, {first, second}, second))
            if _obstacle(walked, index)
        )
        raise UnprocessableError(
            f"Cells #{first} and #{second} cannot be joined: cell #{between} between them "
            f"{_obstacle(walked, between)}.",
            "cannot-merge",
        )
    return best[1]


def _closure(doing: Mapping[int, Doing], joined: Iterable[int], at: int) -> set[int]:
    """Add the cells between that would see a difference; ``at`` is where all would run."""
    cells = set(joined)
    while True:
        low, high = min(cells), max(cells)
        more = {
            index
            for index in doing
            if low < index < high
            and index not in cells
            and any(
                doing[index].meets(doing[one])
                for one in cells
                if (one < index < at) or (at < index < one)
            )
        }
        if not more:
            return cells
        cells |= more


def _check(walked: Walked, index: int) -> None:
    obstacle = _obstacle(walked, index)
    if obstacle:
        raise UnprocessableError(
            f"Cell #{index} cannot be joined with another one: it {obstacle}.", "cannot-merge"
        )


def _obstacle(walked: Walked, index: int) -> str:
    """Say why a cell cannot be part of another one; empty when it can."""
    parsed = walked.parsed[index]
    if walked.roles[index].kind == "parameters":
        return "holds the runtime variables"
    if parsed.tree is None:
        return "is no Python" if parsed.text.strip() else ""
    if cell_magic(walked.cells[index].source) not in ("", *_TIMING):
        return f"begins with %%{cell_magic(walked.cells[index].source)}"
    if any(
        _decorator(one) in _ALONE
        for node in parsed.tree.body
        for one in getattr(node, "decorator_list", [])
    ):
        return "holds a decorated function"
    return ""


def _decorator(node: Any) -> str:
    called = getattr(node, "func", node)
    return str(getattr(called, "id", getattr(called, "attr", "")))


def _cost(walked: Walked, doing: Mapping[int, Doing], index: int) -> int:
    if walked.roles[index].kind == "block":
        return 10
    return 1 if doing[index].quiet else 4


def cell_magic(source: str) -> str:
    """Give the word of the cell magic that a cell begins with; empty when there is none."""
    first = source.lstrip().split("\n", 1)[0]
    return first[2:].split()[0] if first.startswith("%%") and first[2:].split() else ""


def _join(draft: Draft, joint: Joint) -> None:
    blocks = [index for index in joint.cells if draft.is_block(index)]
    kept = (blocks or joint.cells)[0]
    source = join_sources([draft.source(index) for index in joint.cells])
    types = [type_ for type_ in map(draft.type_of, blocks) if type_ is not None]
    type_ = min(types, key=_STRONGEST.index, default=None)
    if type_ is BlockType.CHART and guess_type(translate(source).source) is not None:
        type_ = guess_type(translate(source).source)
    upstream = _upstream(draft, joint.cells, kept)
    draft.set_source(kept, source)
    if type_ is not None:
        draft.set_type(kept, type_)
    steps = {tag.removeprefix("step:") for index in blocks for tag in draft.tags(index)}
    for tag in [tag for index in blocks for tag in draft.tags(index)]:
        if tag.startswith("prev:") and tag.removeprefix("prev:") not in steps:
            draft.add_tag(kept, tag)
    draft.set_mage(kept, "upstream", upstream or None)
    draft.keep(kept, joint.cells, joint.at)


def join_sources(sources: Iterable[str]) -> str:
    """Join the texts of cells; cell magics go, and ``from __future__`` lines lead."""
    parts: list[str] = []
    future: list[str] = []
    for source in sources:
        text = source.replace("\r\n", "\n")
        if cell_magic(text):
            text = text.lstrip().partition("\n")[2]
        rows = text.split("\n")
        future += [row for row in rows if row.startswith("from __future__")]
        text = "\n".join(row for row in rows if not row.startswith("from __future__")).strip("\n")
        if text.strip():
            parts.append(text.rstrip())
    return "\n\n".join([*(["\n".join(dict.fromkeys(future))] if future else []), *parts])


def _upstream(draft: Draft, cells: Iterable[int], kept: int) -> list[str]:
    """Give the upstream of all; those that name a joined cell mean the kept one from now on."""
    gone = {name: index for index in cells if (name := draft.mage(index).get("name"))}
    name = draft.mage(kept).get("name")
    for index in draft.code_cells():
        declared = draft.mage(index).get("upstream")
        if index in gone.values() or not isinstance(declared, list):
            continue
        renamed = [name if one in gone else one for one in declared]
        draft.set_mage(
            index, "upstream", list(dict.fromkeys(one for one in renamed if one)) or None
        )
    said = [one for index in cells for one in draft.mage(index).get("upstream") or []]
    return [one for one in dict.fromkeys(said) if one not in gone]
