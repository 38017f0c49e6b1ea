"""Which blocks a run of a part runs, and which ones' products it needs from before."""

from __future__ import annotations

import pytest

from mage_jlab.domain.block import BlockType
from mage_jlab.domain.errors import BadInputError, NotFoundError
from mage_jlab.domain.plan import Plan, PlannedBlock
from mage_jlab.services.selection import select

GRAPH = {"load": [], "other": [], "clean": ["load"], "join": ["clean", "other"], "save": ["join"]}


def plan() -> Plan:
    blocks = [
        PlannedBlock(
            name=name,
            type=BlockType.TRANSFORMER,
            file=f"transformers/{name}.py",
            code="0",
            upstream=upstream,
        )
        for name, upstream in GRAPH.items()
    ]
    note = PlannedBlock(name="note", type=BlockType.MARKDOWN, file="markdowns/note.md", code="0")
    return Plan(
        project_uuid="u",
        project_name="p",
        place="/p",
        cwd="/p",
        products="/d/products",
        logs="/d/logs",
        pipeline="sales",
        interpreter="python",
        blocks=[*blocks, note],
    )


def test_everything_that_runs_is_run() -> None:
    assert select(plan()) == (list(GRAPH), [])


def test_one_block_needs_those_right_above_it() -> None:
    assert select(plan(), block="join") == (["join"], ["other", "clean"])


def test_up_to_a_block_needs_nothing() -> None:
    assert select(plan(), upto="clean") == (["load", "clean"], [])


def test_from_a_block_needs_what_the_blocks_below_read_as_well() -> None:
    assert select(plan(), from_="clean") == (["clean", "join", "save"], ["load", "other"])


@pytest.mark.parametrize("name", ["none", "note"])
def test_a_block_that_is_not_there_or_never_runs_is_said(name: str) -> None:
    with pytest.raises(NotFoundError, match=name):
        select(plan(), block=name)


def test_only_one_way_to_choose_is_taken() -> None:
    with pytest.raises(BadInputError, match="only one"):
        select(plan(), block="load", upto="clean")
