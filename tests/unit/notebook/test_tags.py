"""Tagging cells, by hand and all at once."""

from __future__ import annotations

from typing import Any

import pytest

from mage_jlab.domain.analysis import CellChoice
from mage_jlab.domain.errors import BadInputError, NotFoundError, UnprocessableError
from mage_jlab.notebook.choosing import choose
from mage_jlab.notebook.guess import guess_type
from mage_jlab.notebook.tags import find_cell, tag_all, tag_cell, untag_cell
from tests.unit.notebook.oracle import notebook


def _plain(*sources: str) -> dict[str, Any]:
    return notebook(*(("", source) for source in sources))


@pytest.mark.parametrize(
    ("source", "type_"),
    [
        ("df = pd.read_csv('a.csv')", "data_loader"),
        ("with open('a.txt') as f:\n    text = f.read()", "data_loader"),
        ("df.to_parquet('a.parquet')", "data_exporter"),
        ("with open('a.txt', 'w') as f:\n    f.write(text)", "data_exporter"),
        ("fig, ax = plt.subplots()\nax.bar([1], [2])", "chart"),
        ("df.plot()", "chart"),
        ("plt.plot(x)\nplt.savefig('x.png')", "chart"),
        ("df = df.dropna()", "transformer"),
        ("a = df.groupby('k').sum()\nb = pd.read_csv('b.csv')\na = a.merge(b)", "transformer"),
        ("display({'application/vnd.vegalite.v5+json': spec}, raw=True)\nn = f(1)", "chart"),
        ("model.fit(x, y)", "transformer"),
        ("n = len(df)", "transformer"),
        ("@sensor\ndef ready():\n    return True", "sensor"),
        ("import pandas as pd\nfrom a import b", None),
        ("def f(x):\n    return x\nclass A: pass", None),
        ("LIMIT = 3\nNAMES = ['a', 'b']", None),
        ("df.head()\ndf.describe()", None),
        ("print(len(df))", None),
        ("pd.set_option('display.max_rows', 5)\nplt.rcParams['figure.dpi'] = 90", None),
        ("'a text'", None),
        ("", None),
        ("x = = 1", None),
    ],
)
def test_guesses(source: str, type_: str | None) -> None:
    assert guess_type(source) == type_


def test_tag_all_leaves_scratch_alone() -> None:
    document = _plain(
        "import pandas as pd",
        "%matplotlib inline",
        "df = pd.read_csv('a')",
        "df.head()",
        "df = df.dropna()",
        "df.to_csv('b')",
    )
    tagged = tag_all(document)
    assert [(one.index, str(one.type), one.name) for one in tagged] == [
        (2, "data_loader", "df"),
        (4, "transformer", "dropna_df"),
        (5, "data_exporter", "write_df"),
    ]
    assert document["cells"][2]["metadata"]["tags"] == ["block:data_loader"]
    assert "tags" not in document["cells"][0]["metadata"]
    assert tag_all(document) == tagged


def test_a_plot_that_blocks_below_read_from_is_no_chart() -> None:
    document = _plain(
        "import pandas as pd", "df = pd.read_csv('a')", "n = df.v.sum()\ndf.plot()", "m = n + 1"
    )
    assert [str(one.type) for one in tag_all(document)] == [
        "data_loader",
        "transformer",
        "transformer",
    ]


def test_tag_all_keeps_what_is_tagged_and_the_parameters() -> None:
    document = notebook(
        ("parameters", "n = 1"), ("mine block:custom", "x = n"), ("", "N = 1"), ("", "N = 2")
    )
    assert [(one.index, str(one.type)) for one in tag_all(document)] == [
        (1, "custom"),
        (2, "transformer"),
        (3, "transformer"),
    ]
    assert document["cells"][1]["metadata"]["tags"] == ["mine", "block:custom"]


def test_one_cell_is_tagged_named_and_untagged() -> None:
    document = _plain("x = 1", "y = x")
    tagged = tag_cell(document, "#1", "transformer", "double", ["x"])
    assert (tagged.cell_id, tagged.name, str(tagged.type)) == ("c1", "double", "transformer")
    assert document["cells"][1]["metadata"] == {
        "tags": ["block:transformer"],
        "mage": {"name": "double", "upstream": ["x"]},
    }
    assert str(tag_cell(document, "c1", "custom").type) == "custom"
    assert document["cells"][1]["metadata"]["tags"] == ["block:custom"]
    assert untag_cell(document, "c1").type is None
    assert document["cells"][1]["metadata"] == {}


def test_old_notebooks_are_upgraded_when_they_are_tagged() -> None:
    document = _plain("x = 1", "y = x")
    document["nbformat_minor"] = 2
    for cell in document["cells"]:
        del cell["id"]
    tagged = tag_cell(document, "#0", "custom")
    assert document["nbformat_minor"] == 5
    assert tagged.cell_id == document["cells"][0]["id"] != document["cells"][1]["id"]
    assert find_cell(document, tagged.cell_id).index == 0


@pytest.mark.parametrize(
    ("ref", "message"),
    [("#7", "2 cells"), ("nope", "There is no cell nope"), ("#x", "There is no cell")],
)
def test_a_cell_that_is_not_there(ref: str, message: str) -> None:
    with pytest.raises(NotFoundError, match=message):
        tag_cell(_plain("x = 1", "y = 2"), ref, "custom")


@pytest.mark.parametrize(
    ("type_", "name"), [("wizard", None), ("custom", "../x"), ("custom", ""), ("custom", "/etc/x")]
)
def test_what_cannot_be_tagged(type_: str, name: str | None) -> None:
    document = _plain("x = 1")
    before = repr(document)
    with pytest.raises(BadInputError):
        tag_cell(document, "#0", type_, name)
    assert repr(document) == before


def test_text_is_no_block() -> None:
    document = _plain("x = 1")
    document["cells"][0]["cell_type"] = "markdown"
    with pytest.raises(BadInputError, match="markdown"):
        tag_cell(document, "#0", "custom")


TOGETHER: dict[str, tuple[list[str], dict[int, int]]] = {
    "a figure finished below": (
        ["import matplotlib.pyplot as plt", "plt.plot([1])", "x = [1].copy()", "plt.title('a')"],
        {3: 1},
    ),
    "axes that are drawn on again": (
        [
            "import matplotlib.pyplot as plt",
            "fig, ax = plt.subplots()\nax.plot([1])",
            "ax.set_title('a')\nfig.savefig('a.png')",
        ],
        {2: 1},
    ),
    "axes alone": (
        ["import pandas as pd", "ax = pd.Series([1]).plot()", "ax.set_title('a')"],
        {2: 1},
    ),
    "a connection of three": (
        [
            "import sqlite3",
            "c = sqlite3.connect('a.db')",
            "c.execute('select 1')",
            "n = c.total_changes",
        ],
        {2: 1, 3: 1},
    ),
    "a file": (["f = open('a.txt')", "text = f.read()"], {1: 0}),
    "an iterator": (
        ["rows = iter([1, 2])", "first = next(rows)", "rest = list(rows)"],
        {1: 0, 2: 1},
    ),
    "nothing": (["df = read('a')", "clean = df.dropna()", "clean.to_csv('b')"], {}),
}


@pytest.mark.parametrize("name", TOGETHER)
def test_tag_all_names_cells_that_only_make_sense_together(name: str) -> None:
    sources, expected = TOGETHER[name]
    tagged = tag_all(_plain(*sources))
    merges = {one.index: one.merge for one in tagged if one.merge is not None}
    assert merges == {below: f"c{above}" for below, above in expected.items()}
    assert all(bool(one.why) == bool(one.merge) for one in tagged)


def test_choices_tag_name_join_and_set_parameters() -> None:
    document = _plain("n = 3", "rows = iter([n, 2])", "first = next(rows)", "rest = list(rows)")
    fixed = choose(
        document,
        [
            CellChoice(cell_id="c0", parameters=True),
            CellChoice(cell_id="c1", type="data_loader", name="numbers"),
            CellChoice(cell_id="c2", type="transformer", merge="c1"),
            CellChoice(cell_id="c3", type="transformer", merge="c2"),
        ],
    )
    first, second = fixed.notebook["cells"]
    assert first["metadata"]["tags"] == ["parameters"]
    assert second["source"] == "rows = iter([n, 2])\n\nfirst = next(rows)\n\nrest = list(rows)"
    assert second["metadata"] == {"tags": ["block:data_loader"], "mage": {"name": "numbers"}}
    assert (fixed.changed, fixed.removed) == (["c0", "c1"], ["c2", "c3"])
    assert (fixed.added, fixed.moved) == ([], [])
    assert document == _plain(
        "n = 3", "rows = iter([n, 2])", "first = next(rows)", "rest = list(rows)"
    )
    again = choose(fixed.notebook, [CellChoice(cell_id="c1"), CellChoice(cell_id="c0")])
    assert all(cell["metadata"] == {} for cell in again.notebook["cells"])
    with pytest.raises(UnprocessableError, match="runtime variables"):
        choose(fixed.notebook, [CellChoice(cell_id="c1", merge="c0")])
    with pytest.raises(NotFoundError):
        choose(document, [CellChoice(cell_id="none")])
