"""Cells of R: what they take and give, and what their files are."""

from __future__ import annotations

import pytest

from mage_jlab.domain.block import BlockType, Language
from mage_jlab.notebook.foreign_blocks import foreign_type
from mage_jlab.notebook.magics import translate
from mage_jlab.notebook.render import render_blocks
from tests.unit.notebook.notebooks_made import block, reading, said

DF = ("data_loader", "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2]})")


@pytest.mark.parametrize(
    ("cell", "inputs", "results", "figure", "text"),
    [
        ("%%R\nx <- 1", (), (), {}, "x <- 1"),
        ("%%R -i a,b -i c -o d\nd <- a", ("a", "b", "c"), ("d",), {}, "d <- a"),
        ("%%R -w 5 -h 4 --units in -r 100\nplot(1)", (), (),
         {"width": "5", "height": "4", "units": "in", "res": "100"}, "plot(1)"),
        ("%%R --input=a --output=b -n\nb <- a", ("a",), ("b",), {}, "b <- a"),
        ("%R -i a -o b b <- a + 1", ("a",), ("b",), {}, "b <- a + 1"),
    ],
)  # fmt: skip
def test_what_stands_beside_the_magic(
    cell: str,
    inputs: tuple[str, ...],
    results: tuple[str, ...],
    figure: dict[str, str],
    text: str,
) -> None:
    foreign = translate(cell).foreign
    assert foreign is not None
    assert foreign.language == "R"
    given = (foreign.inputs, foreign.results, dict(foreign.figure), foreign.text)
    assert given == (inputs, results, figure, text)


def test_frames_flow_to_r_and_back() -> None:
    read = reading(
        ("", "%load_ext rpy2.ipython"),
        DF,
        ("", "%%R\nlibrary(stats)\nsuppressMessages(library(dplyr))"),
        ("transformer", "%%R -i df -o out -w 5\nout <- df\nout$b <- 1"),
        ("transformer", "total = out.a.sum()"),
    )
    assert said(read) == []
    out = block(read, "out")
    assert (out.language, out.inputs, out.results) == (Language.R, {"df": "df.df"}, ["out"])
    assert out.configuration == {"figure": {"width": 5}}
    (file,) = [one for one in render_blocks(read, "shop").blocks if one.name == "out"]
    assert file.file == "transformers/out.r"
    assert file.text == (
        "library(stats)\nsuppressMessages(library(dplyr))\n\nout <- df\nout$b <- 1\n"
    )
    assert file.record.body == (4, 5)


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([("custom", "%%R\nm <- lm(y ~ x, data)"), ("custom", "%%R\nsummary(m)")],
         [("cannot-travel", 1)]),
        ([("custom", "%%R\nm <- 1"), ("custom", "%%R\nm <- 2\nprint(m)")], []),
        ([("custom", "%%R\nm <- 1"), ("custom", "%%R\nprint('m')  # m\ndf$m")], []),
        ([("custom", "%%R -i nowhere\nprint(nowhere)")], [("hidden-state", 0)]),
        ([("", "df = f()"), ("custom", "%%R -i df\nprint(df)")], [("scratch-value", 1)]),
        ([("custom", "%%R -i d['a']\nprint(1)")], [("magic", 0), ("hidden-state", 0)]),
        ([("custom", "x = 1\n%Rpush x")], [("magic", 0)]),
    ],
)  # fmt: skip
def test_what_is_refused(cells: list[tuple[str, str]], expected: list[tuple[str, int]]) -> None:
    assert said(reading(*cells)) == expected


@pytest.mark.parametrize(
    ("cell", "type_"),
    [
        ("%%R\nlibrary(ggplot2)\n# nothing else", None),
        ("%%R -i df\nggplot(df) + geom_point()", BlockType.CHART),
        ("%%R -i df\nwrite.csv(df, 'out.csv')", BlockType.DATA_EXPORTER),
        ("%%R -i df -o a\na <- df", BlockType.TRANSFORMER),
        ("%%R -o a\na <- read.csv('x.csv')", BlockType.DATA_LOADER),
    ],
)
def test_the_type_is_guessed(cell: str, type_: BlockType | None) -> None:
    foreign = translate(cell).foreign
    assert foreign is not None
    assert foreign_type(foreign) is type_


def test_files_order_the_blocks() -> None:
    read = reading(
        DF,
        ("data_exporter", "%%R -i df\nwrite.csv(df, 'out.csv')"),
        ("data_loader", "back = pd.read_csv('out.csv')"),
    )
    assert block(read, "write_out").language is Language.R
    assert block(read, "back").upstream == ["write_out"]
