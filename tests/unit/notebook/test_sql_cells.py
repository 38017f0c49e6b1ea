"""Cells of SQL: what stands beside the magic, what they read and give, and what their files are."""

from __future__ import annotations

import subprocess
import sys

import pytest

from mage_jlab.domain.block import BlockType, Language
from mage_jlab.notebook.foreign_blocks import foreign_type
from mage_jlab.notebook.magics import translate
from mage_jlab.notebook.render import render_blocks
from mage_jlab.notebook.sql_templates import as_templates
from mage_jlab.notebook.sql_text import read_sql
from mage_jlab.notebook.tags import tag_all
from tests.unit.notebook.notebooks_made import block, reading, said

FRAMES = ("", "%load_ext sql\n%config SqlMagic.autopandas = True\n%sql duckdb://")
DF = ("data_loader", "import pandas as pd\ndf = pd.DataFrame({'a': [1, 2]})")


@pytest.mark.parametrize(
    ("cell", "text", "results", "connection", "line"),
    [
        ("%%sql\nSELECT 1", "SELECT 1", (), "", 2),
        ("%%sql top <<\nSELECT 1\nFROM t", "SELECT 1\nFROM t", ("top",), "", 2),
        ("%%sql top = <<\nSELECT 1", "SELECT 1", ("top",), "", 2),
        ("%%sql duckdb:///x.db top << SELECT 1", "SELECT 1", ("top",), "duckdb:///x.db", 1),
        ("%%sql engine\nSELECT 1", "SELECT 1", (), "engine", 2),
        ("%%sql --save top --no-execute\nSELECT 1", "SELECT 1", ("top",), "", 2),
        ("%%sql --with a --with b\nSELECT 1", "SELECT 1", (), "", 2),
        ("%%sql SELECT 1\nFROM t", "SELECT 1\nFROM t", (), "", 1),
        ("top = %sql SELECT 1", "SELECT 1", ("top",), "", 1),
        ("%load_ext sql\n%sql duckdb://\n%sql SELECT 1", "SELECT 1", (), "", 3),
        ("%%dql -o top\nSELECT 1", "SELECT 1", ("top",), "", 2),
        ("%%bigquery top --project p\nSELECT 1", "SELECT 1", ("top",), "", 2),
        ("%%time\n%%sql\nSELECT 1", "SELECT 1", (), "", 3),
    ],
)
def test_what_stands_beside_the_magic(
    cell: str, text: str, results: tuple[str, ...], connection: str, line: int
) -> None:
    foreign = translate(cell).foreign
    assert foreign is not None
    given = (foreign.text, foreign.results, foreign.connection, foreign.line)
    assert given == (text, results, connection, line)


@pytest.mark.parametrize(
    ("text", "reads", "writes"),
    [
        ("SELECT * FROM df", ["df"], []),
        ('SELECT * FROM "My Frame" m JOIN s.t USING (a), u', ["My Frame", "s.t", "u"], []),
        ("WITH df AS (SELECT * FROM df) SELECT * FROM df", ["df"], []),
        ("WITH a AS (SELECT 1), b AS (SELECT * FROM a) SELECT * FROM b", [], []),
        ("WITH RECURSIVE r AS (SELECT 1 UNION SELECT * FROM r) SELECT * FROM r", [], []),
        ("SELECT (SELECT max(a) FROM u) FROM (SELECT * FROM v) x", ["u", "v"], []),
        ("FROM df SELECT a", ["df"], []),
        ("SUMMARIZE df", ["df"], []),
        ("CREATE TABLE t AS SELECT * FROM df; SELECT * FROM t", ["df"], ["t"]),
        ("INSERT INTO t SELECT * FROM u", ["u"], ["t"]),
        ("UPDATE t SET a = 1; DELETE FROM u; DROP TABLE v", [], ["t", "u", "v"]),
        ("SELECT * FROM range(3), unnest([1])", [], []),
        ("SELECT 'from x' -- from y\n/* from z */", [], []),
        ("SELECT * FROM {{ table }} WHERE a > {{ low }}", [], []),
        ("PIVOT df ON a USING sum(b)", ["df"], []),
    ],
)
def test_tables_of_a_text(text: str, reads: list[str], writes: list[str]) -> None:
    found = read_sql(text, "duckdb")
    assert found.problem is None
    assert (sorted(found.reads), list(found.writes)) == (sorted(reads), writes)


def test_files_of_a_text() -> None:
    found = read_sql(
        "SELECT * FROM 'a.csv', read_parquet(['b.parquet', 'c/*.parquet']); "
        "COPY (SELECT * FROM t) TO 'out.csv'; COPY u FROM 'in.csv'",
        "duckdb",
    )
    assert sorted(found.files_read) == ["a.csv", "b.parquet", "c/*.parquet", "in.csv"]
    assert found.files_written == ("out.csv",)
    assert found.writes == ("u",)


def test_names_in_templates_and_marked_names() -> None:
    text = "SELECT a::int, ':no' FROM t WHERE a > :low AND b = $high AND c = '{word}' AND {{ d.e }}"
    found = read_sql(text, "duckdb")
    assert (found.templates, found.variables) == (("d",), ("low", "high", "word"))
    assert as_templates(text, frozenset({"low", "word"})) == (
        "SELECT a::int, ':no' FROM t WHERE a > {{ low }} AND b = $high AND c = '{{ word }}' "
        "AND {{ d.e }}"
    )


def test_a_query_flows_from_and_to_python() -> None:
    read = reading(
        ("parameters", "low = 1"),
        FRAMES,
        DF,
        ("transformer", "%%sql top <<\nSELECT * FROM df\nWHERE a > :low"),
        ("transformer", "total = top.a.sum()"),
    )
    assert said(read) == []
    top = block(read, "top")
    assert (top.language, top.inputs, top.results) == (Language.SQL, {"df": "df.df"}, ["top"])
    assert block(read, "total").inputs == {"top": "top.top"}
    (file,) = [one for one in render_blocks(read, "shop").blocks if one.name == "top"]
    assert file.file == "transformers/top.sql"
    assert file.text == "SELECT * FROM df\nWHERE a > {{ low }}\n"
    assert file.record.body == (1, 2)
    assert read.analysis.blocks[1].language is Language.SQL


def test_a_query_without_a_name_gives_one() -> None:
    read = reading(FRAMES, DF, ("transformer", "%%sql\nSELECT * FROM df"))
    assert block(read, "select_df").results == ["select_df"]


def test_saved_queries_flow_to_sql_alone() -> None:
    read = reading(
        FRAMES,
        ("data_loader", "%%sql --save cheap\nSELECT 1 AS a"),
        ("transformer", "%%sql --with cheap\nSELECT * FROM cheap"),
        ("transformer", "x = cheap"),
    )
    assert block(read, "select_cheap").inputs == {"cheap": "cheap.cheap"}
    assert said(read) == [("hidden-state", 3)]


def test_a_result_set_is_no_frame() -> None:
    cells = [("data_loader", "%%sql top <<\nSELECT 1 AS a"), ("transformer", "x = top.a")]
    assert said(reading(*cells)) == [("sql-result", 1)]
    assert said(reading(FRAMES, *cells)) == []


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ([("custom", "%%sql\nCREATE TABLE t AS SELECT 1"), ("custom", "%%sql\nSELECT * FROM t")],
         [("cannot-travel", 1)]),
        ([("custom", "%%sql\nSELECT * FROM nowhere")], [("cannot-travel", 0)]),
        ([("custom", "%%sql\nSELECT * FROM information_schema.tables")], []),
        ([("custom", "%%sql\nCREATE TABLE t AS SELECT 1;\nSELECT * FROM t")], []),
        ([("", "low = 1"), ("custom", "%%sql\nSELECT {{ low }}")], [("scratch-value", 1)]),
        ([("", "import pandas as pd\ndf = pd.read_csv('x')"), ("custom", "%%sql\nFROM df")],
         [("scratch-value", 1)]),
        ([("", "%%sql top <<\nSELECT 1"), ("custom", "x = top")], [("scratch-value", 1)]),
        ([("", "%sql $url"), ("custom", "%%sql\nSELECT 1")], [("sql-connection", 1)]),
        ([("", "%sql postgresql://u:p@h/d"), ("custom", "%%sql\nSELECT * FROM t")],
         [("sql-connection", 1)]),
        ([("custom", "x = 1\n%sql SELECT 1")], [("magic", 0)]),
    ],
)  # fmt: skip
def test_what_is_refused_or_warned_of(
    cells: list[tuple[str, str]], expected: list[tuple[str, int]]
) -> None:
    assert said(reading(("", "%load_ext sql"), *cells)) == [(c, i + 1) for c, i in expected]


def test_a_wrong_line_is_named_and_other_cells_are_still_read() -> None:
    read = reading(("custom", "%%sql\nSELECT *\nFRM t"), ("custom", "x = 1"))
    (problem,) = [one for one in read.analysis.diagnostics if one.severity == "error"]
    assert (problem.code, problem.index, problem.line, problem.column) == ("syntax", 0, 3, 5)
    assert block(read, "x").results == ["x"]


@pytest.mark.parametrize(
    ("connection", "configuration"),
    [
        ("%sql duckdb:///data/x.db", {"database": "data/x.db"}),
        ("%sql sqlite:///x.db", {"data_provider": "sqlite", "database": "x.db"}),
        ("%sql sqlite:////tmp/x.db", {"data_provider": "sqlite", "database": "/tmp/x.db"}),
        ("from sqlalchemy import create_engine\ne = create_engine('sqlite:///x.db')\n%sql e",
         {"data_provider": "sqlite", "database": "x.db"}),
        ("import duckdb\nc = duckdb.connect('x.db')\n%sql c --alias c", {"database": "x.db"}),
        ("import duckdb\nc = duckdb.connect()\n%sql c", {}),
        ("%sql mysql+pymysql://u:p@h/d",
         {"data_provider": "mysql", "data_provider_profile": "default"}),
    ],
)  # fmt: skip
def test_the_connection_becomes_configuration(
    connection: str, configuration: dict[str, str]
) -> None:
    read = reading(("", connection), ("custom", "%%sql\nSELECT 1"))
    assert block(read, "select_values").configuration == {"use_raw_sql": True} | configuration


def test_tables_of_a_database_in_a_file_order_the_blocks() -> None:
    read = reading(
        ("", "%sql sqlite:///x.db"),
        ("custom", "%%sql\nCREATE TABLE t AS SELECT 1 AS a"),
        ("custom", "%%sql\nSELECT * FROM t"),
        ("custom", "import sqlite3\nc = sqlite3.connect('x.db')\nc.execute('delete from t')"),
    )
    assert block(read, "select_t").upstream == ["create_t"]
    assert set(block(read, "execute_c").upstream) >= {"select_t"}


def test_tagging_all_takes_sql_and_leaves_connections() -> None:
    cells = [FRAMES, ("", "%%sql\nSELECT * FROM 'x.csv'"), ("", "%%sql\nDROP TABLE t")]
    from tests.unit.notebook.notebooks_made import notebook

    tagged = tag_all(notebook(cells))
    assert [(one.index, one.type) for one in tagged] == [
        (1, BlockType.DATA_LOADER),
        (2, BlockType.DATA_EXPORTER),
    ]
    foreign = translate("%%sql\nSELECT * FROM df").foreign
    assert foreign is not None
    assert foreign_type(foreign) is BlockType.TRANSFORMER


def test_without_sql_no_parser_is_loaded() -> None:
    code = (
        "import sys, json\nfrom mage_jlab.notebook.reading import read_workbench\n"
        "cell = {'id': 'a', 'cell_type': 'code', 'source': 'x = 1', 'metadata': "
        "{'tags': ['block:custom']}, 'outputs': []}\n"
        "read_workbench({'nbformat': 4, 'nbformat_minor': 5, 'metadata': {}, 'cells': [cell]}, "
        "path='a.ipynb', pipeline='a')\n"
        "print({'sqlglot', 'duckdb', 'pandas', 'jinja2'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
