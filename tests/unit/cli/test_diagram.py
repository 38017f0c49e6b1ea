"""Graphs as lanes, Mermaid and Graphviz."""

from __future__ import annotations

import pytest

from mage_jlab.cli.diagram import LETTERS, Line, dot, lanes, mermaid, text
from mage_jlab.domain.block import Block, BlockType
from mage_jlab.domain.pipeline import Edge, Graph

T = BlockType.TRANSFORMER


def graph() -> Graph:
    return Graph(
        pipeline="sales",
        blocks=[
            Block(name="load", type=BlockType.DATA_LOADER, file="data_loaders/load.py"),
            Block(name="rates", type=BlockType.DATA_LOADER, file="data_loaders/rates.py"),
            Block(
                name="join",
                type=T,
                file="transformers/join.py",
                upstream=["load", "rates"],
                inputs={"raw": "load.raw", "rates": "rates.rates"},
            ),
        ],
        edges=[
            Edge(from_="load", to="join", names=["raw"]),
            Edge(from_="rates", to="join", why="declared"),
        ],
    )


def test_a_chain_is_one_lane() -> None:
    drawn = lanes([Line("a", T, ()), Line("b", T, ("a",)), Line("c", T, ("b",))])
    assert drawn.splitlines() == ["●  T a", "●  T b", "●  T c"]


def test_branches_join() -> None:
    drawn = lanes(
        [Line("a", T, ()), Line("b", T, ()), Line("c", T, ()), Line("j", T, ("a", "b", "c"))]
    )
    assert drawn.splitlines() == ["●      T a", "│ ●    T b", "│ │ ●  T c", "●─┴─╯  T j"]


def test_a_lane_goes_on_until_its_last_reader() -> None:
    drawn = lanes([Line("a", T, ()), Line("b", T, ("a",)), Line("c", T, ("a",))])
    assert drawn.splitlines() == ["●    T a", "├─●  T b", "●    T c"]


def test_blocks_stand_below_what_they_read_and_unknown_ones_are_left_out() -> None:
    drawn = lanes([Line("b", T, ("a", "gone")), Line("a", T, ())])
    assert [line.split()[-1] for line in drawn.splitlines()] == ["a", "b"]
    assert lanes([]) == ""


def test_a_crossed_lane_stays_open() -> None:
    drawn = lanes(
        [
            Line("a", T, ()),
            Line("b", T, ()),
            Line("c", T, ()),
            Line("d", T, ("a", "c")),
            Line("e", T, ("b",)),
        ]
    )
    assert drawn.splitlines()[3].startswith("●─│─╯")


def test_text_names_what_flows_in() -> None:
    assert text(graph()).splitlines()[-1] == "●─╯  T join   raw, rates"


def test_mermaid() -> None:
    lines = mermaid(graph()).splitlines()
    assert lines[0] == "flowchart TD"
    assert '    b0 -- "raw" --> b2' in lines
    assert "    b1 --> b2" in lines


def test_dot_quotes_names() -> None:
    odd = Graph(
        pipeline='a "b"', blocks=[Block(name='x"y', type=T, file="transformers/x.py")], edges=[]
    )
    assert dot(odd).splitlines()[0] == 'digraph "a \\"b\\"" {'
    assert '"x\\"y" [label=' in dot(odd)
    assert '"load" -> "join" [label="raw"];' in dot(graph())


@pytest.mark.parametrize("type_", list(BlockType))
def test_every_type_has_a_letter(type_: BlockType) -> None:
    assert LETTERS[type_].isupper()


@pytest.mark.parametrize(
    ("blocks", "listed"),
    [
        ([Line("a", T, ("b",)), Line("b", T, ("a",))], ["● T a", "● T b"]),
        ([Line("a", T, ()), Line("a", T, ("a",))], ["● T a", "● T a"]),
    ],
)
def test_blocks_without_an_order_are_listed(blocks: list[Line], listed: list[str]) -> None:
    assert [" ".join(line.split()) for line in lanes(blocks).splitlines()] == listed
