"""SQL blocks on DuckDB: tables of the blocks above, results, files, errors."""

from __future__ import annotations

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from mage_jlab.blocks.worker.codecs.decode import Decoder
from mage_jlab.blocks.worker.sql import duck
from tests.unit.blocks.sql.desk import rows

FRAME = pd.DataFrame({"id": [1, 2, 3], "Name": ["a", "b", None]}, index=[7, 8, 9])


def test_recorded_names_results_and_blocks_are_tables(desk):
    above = {"load": {"raw": FRAME}, "rates": {"by_day": pd.DataFrame({"id": [2], "r": [0.5]})}}
    for table in ("mine", "MINE", "raw", "load", "{{ df_1 }}", "{{ mine }}", "{{ raw }}"):
        got = desk.result(
            f"SELECT Name FROM {table} JOIN rates USING (id)",
            above, by_position=False, inputs={"mine": "load.raw"},
        )  # fmt: skip
        assert rows(got) == [("b",)], table


def test_a_block_with_several_results_is_named_by_them_alone(desk):
    above = {"split": {"a": FRAME, "b": FRAME.head(1)}}
    assert desk.result("SELECT count(*) AS n FROM b", above)["n"][0] == 1
    assert "split does not exist" in desk.error("SELECT * FROM split", above)["message"]
    assert "df_1 is no runtime variable" in desk.error("SELECT * FROM {{ df_1 }}", above)["message"]


def test_a_name_that_two_blocks_give_must_be_said(desk):
    above = {"one": {"df": FRAME}, "two": {"df": FRAME.head(1)}}
    error = desk.error("SELECT * FROM df", above)
    assert (error["type"], "one and two" in error["message"]) == ("AmbiguousName", True)
    assert desk.result("SELECT count(*) AS n FROM two", above)["n"][0] == 1
    assert desk.result("SELECT count(*) AS n FROM {{ df_2 }}", above)["n"][0] == 1
    assert desk.result("SELECT count(*) AS n FROM two AS df", above)["n"][0] == 1
    recorded = {"by_position": False, "inputs": {"df": "one.df"}}
    assert desk.result("SELECT count(*) AS n FROM df", above, **recorded)["n"][0] == 3


def test_a_table_shares_its_memory_with_the_file_of_the_product(desk, monkeypatch):
    given = []
    real = duck.Duck.load
    monkeypatch.setattr(duck.Duck, "load", lambda s, n, t: (given.append(t), real(s, n, t)))
    desk.result(
        "SELECT sum(x) AS s FROM big", {"big": {"big": pd.DataFrame({"x": np.arange(1e6)})}}
    )
    (table,) = given
    assert pa.total_allocated_bytes() < 4_000_000
    assert table.column("x").chunk(0).buffers()[1].size >= 8_000_000


def test_the_index_is_no_column_as_in_a_notebook(desk):
    assert list(desk.result("SELECT * FROM load", {"load": {"raw": FRAME}})) == ["id", "Name"]


def test_only_what_is_named_is_read(desk, monkeypatch):
    read = []
    real = Decoder.table
    monkeypatch.setattr(
        Decoder,
        "table",
        lambda self, product: (read.append(product["name"]), real(self, product))[1],
    )
    desk.result("SELECT 1 FROM b", {"one": {"a": FRAME}, "two": {"b": FRAME}})
    assert read == ["b"]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([{"a": 1}, {"a": 2, "b": "x"}], [(1, None), (2, "x")]),
        ({"a": [1, 2], "b": ["x", "y"]}, [(1, "x"), (2, "y")]),
        ({"a": 1, "b": "x"}, [(1, "x")]),
        ([1, 2], [(1,), (2,)]),
        (pd.Series([1.5], name="s"), [(1.5,)]),
        (pl.DataFrame({"a": [1]}), [(1,)]),
        (pa.table({"a": [1]}), [(1,)]),
    ],
    ids=str,
)
def test_other_values_are_tables_too(desk, value, expected):
    assert rows(desk.result("SELECT * FROM load", {"load": {"raw": value}})) == expected


def test_a_plain_result_is_a_value_in_the_template(desk):
    above = {"limits": {"low": 2, "zone": "a'b"}, "load": {"raw": FRAME}}
    got = desk.result("SELECT id, {{ zone }} AS z FROM raw WHERE id >= {{ low }}", above)
    assert rows(got) == [(2, "a'b"), (3, "a'b")]
    number = {"n": {"output_0": 5}}
    assert rows(desk.result("SELECT {{ df_1 }} AS x", number)) == [(5,)]
    assert "syntax error" in desk.error("SELECT * FROM {{ df_1 }}", number)["message"]


def test_what_a_block_gives_to_python_can_be_chosen(desk):
    sql = "SELECT 1 AS a, 'x' AS b"
    kinds = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "arrow": pa.Table}
    for frame, kind in kinds.items():
        got = desk.result(sql, configuration={"frame": frame})
        assert type(got) is kind
        assert desk.stored[0]["type"] == "frame"
        assert rows(desk.result("SELECT * FROM q", {"q": desk.stored})) == [(1, "x")]


def test_a_result_can_be_changed_and_the_product_stays(desk):
    got = desk.result("SELECT range AS x FROM range(3)")
    got["x"] += 1
    got.loc[0, "x"] = 9
    assert rows(desk.load(desk.stored[0])) == [(0,), (1,), (2,)]


def test_the_last_statement_gives_the_result(desk):
    sql = "CREATE TABLE t(a INT); INSERT INTO t VALUES (1), (2); SELECT max(a) AS m FROM t;"
    assert rows(desk.result(sql)) == [(2,)]
    assert desk.result("CREATE TABLE t(a INT); DROP TABLE t") is None
    error = desk.error("CREATE TABLE t(a INT); DROP TABLE t", by_position=False)
    assert (error["type"], "end it with a SELECT" in error["message"]) == ("NoRows", True)
    assert desk.run("SELECT 1", results=[], inputs={}) == []
    assert desk.run("-- nothing") == []


def test_an_in_memory_database_is_new_for_each_block(desk):
    assert desk.result("CREATE TABLE t(a INT); SELECT 1 AS x") is not None
    assert "t does not exist" in desk.error("SELECT * FROM t")["message"]
    desk.result("SELECT 1 FROM load", {"load": {"raw": FRAME}})
    assert "load does not exist" in desk.error("SELECT * FROM load")["message"]
    desk.result("SET threads = 1; SELECT 1 AS x")
    got = desk.result("SELECT current_setting('errors_as_json') AS s")
    assert str(got["s"][0]).lower() == "true"


def test_pythons_own_variables_are_no_tables(desk):
    for name in ("statement", "self", "desk", "FRAME"):
        assert "does not exist" in desk.error(f"SELECT * FROM {name}")["message"]


def test_a_database_file_outlives_the_block(desk):
    files = {"configuration": {"database": "shop.duckdb", "use_raw_sql": True}}
    desk.result("CREATE TABLE t(a INT); INSERT INTO t VALUES (5)", **files)
    assert rows(desk.result("SELECT a FROM t", **files)) == [(5,)]
    desk.error("INSERT INTO t VALUES (6); SELECT nope FROM t", **files)
    assert rows(desk.result("SELECT a FROM t", **files)) == [(5,)]
    with duckdb.connect(str(desk.place / "shop.duckdb")) as same:
        assert same.execute("SELECT a FROM t").fetchall() == [(5,)]


def test_a_database_file_that_cannot_be_opened_is_said(desk):
    (desk.place / "broken.duckdb").write_text("no database")
    error = desk.error("SELECT 1", configuration={"database": "broken.duckdb"})
    assert error["type"] == "ConnectionFailed"
    error = desk.error("SELECT 1", configuration={"database": "none/such.duckdb"})
    assert "does not exist" in error["message"]


@pytest.mark.parametrize(
    ("sql", "words", "line", "column"),
    [
        ("SELECT a\n  FRM t", "syntax error at or near", 2, 7),
        ("SELECT 'é',\n  nope\nFROM range(1)", "nope", 2, 3),
        ("SELECT 1;\n\nSELECT * FROM nowhere", "nowhere does not exist", 3, 15),
        ("SELECT 'é', {{ x }},\n  nope FROM range(1)", "nope", 2, 3),
        ("SELECT\n  'a'::INT", "Could not convert", 2, 6),
    ],
)
def test_an_error_is_shown_at_its_line_in_file_and_cell(desk, sql, words, line, column):
    where = {"cell_id": "c1", "body": [1, 9], "cell_line": 3}
    error = desk.error(sql, variables={"x": "long text"}, **where)
    assert words in error["message"]
    assert (error["file_line"], error["column"]) == (line, column)
    assert (error["cell_id"], error["line"]) == ("c1", line + 2)
    assert error["file"] == "transformers/block.sql"
    assert error["traceback"].split("\n")[0].strip() == sql.split("\n")[line - 1].strip()
    assert f"(line {line}, column {column})" in error["message"]


def test_a_large_result_is_stored_as_it_comes(desk, monkeypatch):
    monkeypatch.setattr("mage_jlab.blocks.worker.codecs.rows.WHOLE", 1_000_000)
    got = desk.result("SELECT range AS x, range::VARCHAR AS t FROM range(500000)")
    assert (len(got), got["x"].iloc[-1], got["t"].iloc[-1]) == (500_000, 499_999, "499999")
    stored = desk.stored[0]
    assert (stored["rows"], stored["statistics"]["x"]["max"]) == (500_000, 499_999)


def test_an_error_in_the_middle_of_the_rows_is_the_blocks(desk):
    sql = "SELECT CASE WHEN range = 400000 THEN 'x' ELSE '1' END::INT AS n FROM range(500000)"
    error = desk.error(sql)
    assert (error["type"], "Could not convert" in error["message"]) == ("ConversionException", True)
    assert not (desk.products / desk.task["output"]).exists()


def test_items_of_a_fan_out_are_values_or_one_table(desk):
    (first,) = desk.above(output_0=[10, 20, 30])
    parts = [desk.above(output_0=pd.DataFrame({"a": [n]})) for n in (1, 2)]
    task_inputs = [{"block": "each", "products": [], "items": parts}]
    got = desk.result("SELECT sum(a)::INT AS s FROM each", inputs_of_task=task_inputs)
    assert rows(got) == [(3,)]
    picked = [{"block": "list", "products": [first], "pick": 1}]
    assert rows(desk.result("SELECT {{ df_1 }} AS x", inputs_of_task=picked)) == [(20,)]
