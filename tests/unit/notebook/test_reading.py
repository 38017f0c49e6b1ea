"""What the reading of a notebook says.

Names, results, edges, function cells, places of diagnostics.
"""

from __future__ import annotations

import pytest

from mage_jlab.domain.errors import BadInputError, OutsideProjectError
from mage_jlab.notebook.reading import read_workbench
from tests.unit.notebook.oracle import codes, notebook, read

L, T, E, C = "block:data_loader", "block:transformer", "block:data_exporter", "block:custom"


def test_the_contracts_example() -> None:
    analysis = read(
        ("", "import pandas as pd"),
        ((L, {"name": "load_sales"}), "raw = pd.read_csv('sales.csv')"),
        (T, "clean = raw.dropna()"),
    ).analysis.to_json()
    assert analysis["blocks"][1] == {
        "name": "clean",
        "type": "transformer",
        "language": "python",
        "cell_id": "c2",
        "code": None,
        "drift": [],
        "index": 2,
        "reads": ["raw"],
        "defines": ["clean"],
        "results": ["clean"],
        "upstream": ["load_sales"],
        "inputs": {"raw": "load_sales.raw"},
    }
    assert analysis["edges"] == [
        {"from": "load_sales", "to": "clean", "names": ["raw"], "why": "code"}
    ]
    assert analysis["diagnostics"] == []


def test_a_name_binds_to_the_last_block_above_that_gave_it() -> None:
    reading = read((L, "df = [1]"), (T, "df = df + [2]"), (T, "df.append(3)"), (C, "n = len(df)"))
    assert [block.inputs for block in reading.blocks] == [
        {},
        {"df": "df.df"},
        {"df": "set_df.df"},
        {"df": "append_df.df"},
    ]


def test_names_of_blocks() -> None:
    reading = read(
        ("", "import pandas as pd\ndef write(x):\n    print(x)"),
        (L, "df = pd.read_csv('a.csv')"),
        (T, "df = df.drop_duplicates()"),
        (E, "df.to_csv('b.csv')"),
        (E, "write(df)"),
        (C, "Größe = len(df)"),
        (C, "print_ = 1\nlist_ = 2"),
        (C, "df.to_parquet('c.parquet')"),
        (C, "if True:\n    1"),
    )
    assert [block.name for block in reading.blocks] == [
        "df",
        "drop_duplicates_df",
        "write_df",
        "write_df_2",
        "groe",
        "list_block",
        "write_df_3",
        "custom_8",
    ]


def test_recorded_names_stay_whatever_else_changes() -> None:
    reading = read((L, "a = 1"), (L, "b = a"), recorded={"c1": "a"})
    assert [block.name for block in reading.blocks] == ["a_2", "a"]


def test_results_are_what_is_read_below_else_all_public_names() -> None:
    reading = read(
        (L, "a = 1\nb = 2\n_c = 3"),
        (
            T,
            (
                "import math\nfor i in [b]:\n    x = i\ny = 1\n_z = 2\ndef f(): pass\n"
                "with open('f') as h:\n    pass"
            ),
        ),
    )
    assert reading.blocks[0].results == ["b"]
    assert reading.blocks[1].results == ["x", "y"]
    assert reading.analysis.blocks[0].defines == ["a", "b", "_c"]


def test_a_result_that_cannot_be_stored_is_dropped_with_a_note() -> None:
    reading = read((L, "import sqlite3\ncon = sqlite3.connect(':memory:')\nn = 1"))
    assert reading.blocks[0].results == ["n"]
    assert codes(reading, "info") == [("cannot-travel", 0)]
    assert codes(reading) == []


def test_maybe_unbound() -> None:
    reading = read(
        (L, "flag = 1"), (T, "if flag:\n    x = 1"), (T, "if flag:\n    x = 2"), (C, "y = x")
    )
    assert reading.blocks[1].maybe_unbound == {"x"}
    assert reading.blocks[2].inputs == {"flag": "flag.flag", "x": "x.x"}
    assert reading.blocks[2].maybe_unbound == frozenset()


def test_parameters_and_derived_lines() -> None:
    reading = read(
        (
            "parameters",
            "market = 'CA'\nlimit = 3\nday = (2020, 1)\npath = f'{market}.csv'\nunused = 1",
        ),
        (C, "x = path"),
        (C, "y = limit + day[0]"),
    )
    assert reading.variables == {"market": "CA", "limit": 3, "unused": 1}
    assert reading.analysis.parameters_cell == "c0"
    assert (reading.blocks[0].variables, reading.blocks[0].derived) == (
        [("market", "'CA'")],
        ["path = f'{market}.csv'"],
    )
    assert (reading.blocks[1].variables, reading.blocks[1].derived) == (
        [("limit", "3")],
        ["day = (2020, 1)"],
    )


def test_function_cells_bind_their_parameters() -> None:
    code = (
        'if "transformer" not in globals():\n    from mage_jlab import transformer\n\n'
        "@transformer\ndef clean(raw, **kwargs):\n    return helper(raw)[:LIMIT]"
    )
    reading = read(
        ("", "LIMIT = 2\ndef helper(x):\n    return list(x)"),
        (L, "raw = [1, 2, 3]"),
        (T, code),
        (C, "n = len(clean)"),
    )
    block = reading.blocks[1]
    assert codes(reading) == []
    assert (block.name, block.style, block.function_name) == ("clean", "function", "clean")
    assert (block.inputs, block.results, block.shared) == (
        {"raw": "raw.raw"},
        ["clean"],
        ["helper"],
    )
    assert block.copied == ["LIMIT = 2"]
    assert block.source == code
    assert reading.blocks[2].inputs == {"clean": "clean.clean"}


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("@transformer\ndef f(nowhere):\n    return nowhere", "hidden-state"),
        ("@transformer\ndef f():\n    return raw", "hidden-state"),
        (
            "@transformer\ndef f():\n    return 1\n@transformer\ndef g():\n    return 2",
            "function-cell",
        ),
        ("@data_loader\ndef f():\n    return 1", "block-type"),
    ],
)
def test_function_cells_that_cannot_stand_alone(source: str, code: str) -> None:
    assert (code, 1) in codes(read((L, "raw = 1"), (T, source)))


def test_declared_edges_and_order() -> None:
    reading = read(
        ((C, {"name": "first"}), "print(1)"),
        ((C, {"name": "second"}), "print(2)"),
        ((f"{C} parallel", {"name": "third"}), "print(3)"),
        ((C, {"name": "fourth", "upstream": ["third"]}), "x = 1"),
    )
    assert [(edge.from_, edge.to, edge.why) for edge in reading.analysis.edges] == [
        ("first", "second", "code"),
        ("third", "fourth", "declared"),
    ]


def test_an_edge_by_a_file_names_no_result() -> None:
    reading = read((E, "open('a/b.csv', 'w').close()"), (L, "x = open('a/b.csv').read()"))
    assert reading.blocks[1].upstream == [reading.blocks[0].name]
    assert reading.analysis.edges[0].names == []


def test_kales_tags_are_understood() -> None:
    reading = read(
        ("pipeline-parameters", "n = 1"),
        ("imports", "import math"),
        ("functions", "def f(x):\n    return math.sqrt(x)"),
        ("step:load", "x = f(n)"),
        ("step:save prev:load", "print(x)"),
        ("skip", "x.look()"),
    )
    assert [block.name for block in reading.blocks] == ["load", "save"]
    assert reading.variables == {"n": 1}
    assert codes(reading) == []


def test_a_diagnostic_stands_on_its_name() -> None:
    found = read((L, "x = [1]"), ("", "näh = len(x)"), (C, "y = 'ä' + näh")).analysis.diagnostics[0]
    assert (found.line, found.column, found.end_column) == (1, 11, 14)
    assert found.message == "näh is computed in an untagged cell, so a run would not have it."
    assert found.fixes == [
        "Move the line into y",
        "Make that cell a block",
        "Make näh a parameter",
        "Go to the cell that computes it",
    ]


def test_a_cell_that_does_not_parse_spoils_no_other() -> None:
    reading = read((L, "df = ("), (T, "clean = df + 1"), (C, "n = 5"), (C, "m = n"))
    assert codes(reading) == [("syntax", 0)]
    assert reading.blocks[3].inputs == {"n": "n.n"}


def test_another_kernel_is_refused() -> None:
    document = notebook((L, "x <- 1"))
    document["metadata"]["kernelspec"] = {"name": "ir", "language": "R"}
    analysis = read_workbench(document, path="a.ipynb", pipeline="p").analysis
    assert [one.code for one in analysis.diagnostics] == ["not-python"]


def test_cells_of_one_id_are_refused_and_cells_without_are_not() -> None:
    document = notebook((L, "x = 1"), (C, "y = x"))
    document["cells"][1]["id"] = "c0"
    assert ("cell-id", 1) in codes(read_workbench(document, path="a", pipeline="p"))
    for cell in document["cells"]:
        del cell["id"]
    reading = read_workbench(document, path="a", pipeline="p")
    assert codes(reading) == []
    assert [block.cell_id for block in reading.blocks] == ["#0", "#1"]


def test_what_is_no_notebook_or_no_pipeline_is_refused() -> None:
    with pytest.raises(BadInputError, match="no cells"):
        read_workbench({"nbformat": 4}, path="a", pipeline="p")
    with pytest.raises(OutsideProjectError):
        read_workbench(notebook(), path="a", pipeline="../p")


def test_shared_and_setup_files() -> None:
    reading = read(
        (
            "",
            (
                "import warnings\nimport math\nwarnings.filterwarnings('ignore')\n"
                "K = 2\ndef f(x):\n    return math.floor(x) * K"
            ),
        ),
        (L, "x = f(2.5)"),
        (C, "%pip install -q rich==14 'polars>1'\ny = f(x)"),
    )
    assert (
        reading.shared_source
        == "import math\n\nK = 2\n\n\ndef f(x):\n    return math.floor(x) * K\n"
    )
    assert reading.setup_source == "import warnings\n\nwarnings.filterwarnings('ignore')\n"
    assert reading.requirements == ["rich==14", "polars>1"]


def test_reading_changes_nothing() -> None:
    document = notebook((L, "x = 1"), (C, "y = x"))
    before = repr(document)
    read_workbench(document, path="a", pipeline="p")
    assert repr(document) == before
