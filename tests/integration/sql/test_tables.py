"""SQL blocks by position, as Mage AI runs them (mage-format, section 5.1): each rule its test."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.unit.blocks.sql.desk import Desk, rows

FRAME = pd.DataFrame(
    {"id": [1, 2], "name": ["a", "b"], "My Col": [1.5, None], "1st": [True, False]}
)
ABOVE = {"load_raw": {"output_0": FRAME}}


@pytest.fixture
def shop(desk: Desk) -> Desk:
    """A desk without the tables of former tests."""
    names = ("sales_block_v1", "dev_sales_block_v1", "dev_sales_load_raw_v1", "sales_load_raw_v1")
    drops = "; ".join(f"DROP TABLE IF EXISTS {name}" for name in (*names, "own", "t1"))
    desk.run(drops, configuration={"use_raw_sql": True})
    return desk


def raw(desk: Desk, sql: str, **options: object) -> object:
    return desk.result(sql, configuration={"use_raw_sql": True}, **options)


def test_a_block_writes_the_table_of_pipeline_and_block(shop: Desk) -> None:
    """“Table of a block: … `<pipeline uuid>_<clean block uuid>_v1`, with `dev_` in front”."""
    assert rows(shop.result("SELECT 5 AS a")) == [(5,)]
    assert rows(raw(shop, "SELECT a FROM dev_sales_block_v1")) == [(5,)]


@pytest.mark.parametrize(
    ("env", "table"), [("prod", "sales_a_b_v1"), ("test", "test_sales_a_b_v1")]
)
def test_the_environment_is_in_the_name(
    shop: Desk, monkeypatch: pytest.MonkeyPatch, env: str, table: str
) -> None:
    """“`dev_` in front when `env` is dev (editor), `test_` for test; none in a triggered run”."""
    monkeypatch.setenv("ENV", env)
    raw(shop, f"DROP TABLE IF EXISTS {table}")
    shop.result("SELECT 6 AS a", name="a-b")
    assert rows(raw(shop, f"SELECT a FROM {table}")) == [(6,)]


def test_a_block_may_name_its_table(shop: Desk) -> None:
    """“Table of a block: `data_provider_table`, else …”."""
    shop.result("SELECT 7 AS a", configuration={"data_provider_table": "own"})
    assert rows(raw(shop, "SELECT a FROM own")) == [(7,)]


def test_a_child_of_a_fan_out_has_a_table_of_its_own(shop: Desk) -> None:
    """“SQL child tables get the suffix `__dynamic_<index>`” (section 4.5)."""
    raw(shop, "DROP TABLE IF EXISTS dev_sales_block_v1__dynamic_3")
    shop.result("SELECT 8 AS a", index=3)
    assert rows(raw(shop, "SELECT a FROM dev_sales_block_v1__dynamic_3")) == [(8,)]


def test_append_is_the_default(shop: Desk) -> None:
    """“policy `append` = `INSERT INTO t <query>` when t exists, else `CREATE TABLE t AS`”."""
    shop.result("SELECT 1 AS a")
    got = shop.result("SELECT {{ n }} AS a", variables={"n": 2})
    assert sorted(rows(got)) == [(1,), (2,)]


def test_replace_drops_and_creates(shop: Desk) -> None:
    """“`replace` = drop and create”."""
    shop.result("SELECT 1 AS a")
    replace = {"export_write_policy": "replace"}
    got = shop.result("SELECT {{ n }} AS b, 'x' AS c", variables={"n": 2}, configuration=replace)
    assert rows(got) == [(2, "x")]


def test_fail_refuses_a_table_that_exists(shop: Desk) -> None:
    """“`fail` = error when t exists”."""
    fail = {"export_write_policy": "fail"}
    shop.result("SELECT 1 AS a", configuration=fail)
    error = shop.error("SELECT 2 AS a", configuration=fail)
    assert (error["type"], "exists already" in error["message"]) == ("TableExists", True)
    assert rows(raw(shop, "SELECT a FROM dev_sales_block_v1")) == [(1,)]


def test_another_policy_is_no_policy(shop: Desk) -> None:
    error = shop.error("SELECT 1 AS a", configuration={"export_write_policy": "upsert"})
    assert "append, replace, fail" in error["message"]


def test_what_is_no_query_needs_raw(shop: Desk) -> None:
    error = shop.error("SELECT 1;\nDELETE FROM own")
    assert (error["type"], error["line"]) == ("NoQuery", 2)


def test_the_whole_table_is_the_output(shop: Desk) -> None:
    """“Then `SELECT * FROM t` is the block's output.”"""
    shop.result("SELECT 1 AS a UNION ALL SELECT 2")
    assert sorted(rows(shop.result("SELECT 3 AS a"))) == [(1,), (2,), (3,)]


def test_the_limit_of_the_editor_does_nothing_in_a_run(shop: Desk) -> None:
    """“`limit` (editor preview only; no effect in a run …), `limit_in_pipeline_run`”."""
    many = "SELECT 1 AS a UNION ALL SELECT 2 UNION ALL SELECT 3"
    replace = {"export_write_policy": "replace"}
    assert len(shop.result(many, configuration={**replace, "limit": 1})) == 3
    assert len(shop.result(many, configuration={**replace, "limit_in_pipeline_run": 2})) == 2


def test_uploaded_columns_have_mages_names(shop: Desk) -> None:
    """“Column names … cleaned: `name` → `_name`, `My Col` → `my_col`, `1st` → `letter_1st`”."""
    got = shop.result("SELECT * FROM {{ df_1 }}", ABOVE)
    assert list(got) == ["id", "_name", "my_col", "letter_1st"]
    assert rows(got)[0][:3] == (1, "a", 1.5)


def test_an_upstream_frame_is_uploaded_with_replace_to_the_table_of_its_block(
    shop: Desk, provider: str
) -> None:
    """“uploaded with `replace` to the upstream block's table name”; DuckDB reads it where it is."""
    shop.result("SELECT id FROM {{ df_1 }}", ABOVE)
    shop.result("SELECT id FROM {{ df_1 }}", {"load_raw": {"output_0": FRAME.head(1)}})
    if provider != "duckdb":
        assert rows(raw(shop, "SELECT id FROM dev_sales_load_raw_v1")) == [(1,)]


def test_the_upload_may_be_told_its_table(shop: Desk, provider: str) -> None:
    """“`upstream_block_configuration: {<uuid>: {table_name: db.schema.table}}`”."""
    told = {"upstream_block_configuration": {"load_raw": {"table_name": "t1"}}}
    got = shop.result("SELECT id FROM {{ df_1 }}", ABOVE, configuration=told)
    assert rows(got) == [(1,), (2,)]
    if provider != "duckdb":
        assert rows(raw(shop, "SELECT id FROM t1")) == [(1,), (2,)]


def test_lists_and_dicts_are_uploaded_too(shop: Desk) -> None:
    """“the upstream value (frame, list or dict) is uploaded”."""
    above = {"a": {"output_0": [{"x": 1}, {"x": 2}]}, "b": {"output_0": {"y": [5]}}}
    got = shop.result("SELECT x, y FROM {{ df_1 }}, {{ df_2 }}", above)
    assert rows(got) == [(1, 5), (2, 5)]


def test_only_inputs_that_are_named_are_uploaded(shop: Desk) -> None:
    """“Only referenced inputs are uploaded”."""
    above = {**ABOVE, "other": {"output_0": FRAME}}
    shop.result("SELECT id FROM {{ df_1 }}", above)
    log = shop.log.read_text()
    assert log.count("read output_0") == 1


def test_upstream_sql_on_the_same_connection_is_named(shop: Desk, provider: str) -> None:
    """“Upstream SQL on the same connection: its table is named directly”."""
    shop.result("SELECT 9 AS x", name="load_raw")
    above = {"load_raw": shop.stored}
    same = {"sql_above": {"load_raw": {"data_provider": provider}}}
    got = shop.result("SELECT x + 1 AS y FROM {{ df_1 }}", above, **same)
    assert rows(got) == [(10,)]
    read = shop.log.read_text().count("read output_0")
    assert read == (1 if provider == "duckdb" else 0)


def test_upstream_raw_sql_is_read_from_its_result(shop: Desk, provider: str) -> None:
    """“upstream *raw* SELECT: its text is inlined”; its stored rows stand for it here."""
    raw(shop, "SELECT 9 AS a", name="load_raw")
    above = {"load_raw": shop.stored}
    configured = {"load_raw": {"data_provider": provider, "use_raw_sql": True}}
    got = shop.result("SELECT a FROM {{ df_1 }}", above, sql_above=configured)
    assert rows(got) == [(9,)]


def test_raw_statements_run_as_they_stand(shop: Desk) -> None:
    """“Raw: split at `;` outside quotes, lines beginning `--` dropped. … The last result”."""
    sql = "-- first; not a statement\nSELECT 'a;b' AS x;\nSELECT 2 AS y;\n-- end;"
    assert rows(raw(shop, sql)) == [(2,)]


def test_raw_writing_gives_the_table(shop: Desk) -> None:
    """“If it creates, inserts or updates a table, `SELECT * FROM <that table> LIMIT 1000`”."""
    assert rows(raw(shop, "CREATE TABLE own (a INT); INSERT INTO own VALUES (1), (2)")) == [
        (1,),
        (2,),
    ]
    assert sorted(rows(raw(shop, "UPDATE own SET a = a + 10 WHERE a = 2"))) == [(1,), (12,)]
    many = " UNION ALL ".join(["SELECT 1 AS a"] * 12)
    cross = f"INSERT INTO own SELECT x.a FROM ({many}) x, ({many}) y, ({many}) z"
    assert len(raw(shop, cross)) == 1000


def test_raw_without_rows_gives_nothing(shop: Desk) -> None:
    """“(None when nothing is fetched)”."""
    raw(shop, "CREATE TABLE own (a INT)")
    assert raw(shop, "DROP TABLE own") is None


def test_a_query_after_writing_gives_its_own_rows(shop: Desk) -> None:
    """Mage AI fetches none then, but for `create or replace`: the last query is what is meant."""
    sql = "CREATE TABLE own (a INT); INSERT INTO own VALUES (3); SELECT a * 2 AS b FROM own"
    assert rows(raw(shop, sql)) == [(6,)]


def test_text_without_preprocessing_is_sent_as_it_is(shop: Desk) -> None:
    """“`disable_query_preprocessing`: text sent as it is, no output is stored”."""
    plain = {"disable_query_preprocessing": True}
    assert shop.result("CREATE TABLE own AS SELECT '{{ x }}' AS a", configuration=plain) is None
    assert rows(raw(shop, "SELECT length(a) AS n FROM own")) == [(len("{{ x }}"),)]


def test_an_unknown_name_is_an_error(shop: Desk) -> None:
    """“Jinja template (strict: an unknown name is an error)”."""
    assert shop.error("SELECT {{ nothing }}")["type"] == "UndefinedName"


def test_the_profile_may_be_a_template(shop: Desk) -> None:
    """“`data_provider_profile` (io_config profile; may be a template)”."""
    careful = {"data_provider_profile": "{{ which }}", "use_raw_sql": True}
    got = shop.result("SELECT 1 AS a", configuration=careful, variables={"which": "careful"})
    assert rows(got) == [(1,)]
    error = shop.error("SELECT 1", configuration=careful, variables={"which": "none"})
    assert "no profile none" in error["message"]


def test_a_block_of_an_export_makes_no_table(shop: Desk) -> None:
    shop.result("SELECT 5 AS a", by_position=False)
    assert "dev_sales_block_v1" in shop.error("SELECT * FROM dev_sales_block_v1")["message"]
    got = shop.result(
        "SELECT * FROM raw", {"load": {"raw": FRAME}}, by_position=False, inputs={"raw": "load.raw"}
    )
    assert list(got) == list(FRAME)
