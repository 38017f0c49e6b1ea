"""Where a value stands decides what becomes of it: bound, escaped, a name, or refused."""

from __future__ import annotations

import datetime as dt
import decimal
import uuid

import numpy as np
import pandas as pd
import pytest

from mage_jlab.blocks.worker.sql.dialects import GRAMMARS
from mage_jlab.blocks.worker.sql.failures import SqlError
from mage_jlab.blocks.worker.sql.placing import place
from mage_jlab.blocks.worker.sql.template import TableName, render

HOSTILE = "a'; DROP TABLE t; --"

CASES = [
    # values
    ("SELECT {{ x }}", "SELECT ?", 1),
    ("SELECT f({{ x }}, {{ x }})", "SELECT f(?, ?)", 2),
    ("SELECT a FROM t WHERE a = {{ x }} AND b LIKE {{ x }}", None, 2),
    ("SELECT a FROM t WHERE a BETWEEN {{ x }} AND {{ x }} LIMIT {{ x }} OFFSET {{ x }}", None, 4),
    ("SELECT CASE WHEN a = {{ x }} THEN {{ x }} ELSE {{ x }} END", None, 3),
    ("SELECT a * {{ x }}, a || {{ x }}, -{{ x }}, a[{{ x }}], {{ x }}::int", None, 5),
    ("INSERT INTO t VALUES ({{ x }}, {{ x }})", None, 2),
    ("UPDATE t SET a = {{ x }}, b = {{ x }} WHERE c > {{ x }}", None, 3),
    ("SELECT a FROM t JOIN u ON t.a = {{ x }}", None, 1),
    ("SELECT a FROM t GROUP BY a HAVING sum(b) > {{ x }}", None, 1),
    ("SELECT a FROM (SELECT {{ x }} AS a) q, u", None, 1),
    ("SELECT a FROM t WHERE (a, b) = ({{ x }}, {{ x }})", None, 2),
    ("SELECT * FROM read_csv({{ x }})", "SELECT * FROM read_csv(?)", 1),
]


@pytest.mark.parametrize(("text", "expected", "count"), CASES)
def test_a_value_in_the_place_of_a_value_is_bound(text, expected, count):
    (statement,) = place(render(text, {"x": HOSTILE}, {}), "postgres")
    assert statement.values == [HOSTILE] * count
    assert statement.text(["?"] * count) == (expected or text.replace("{{ x }}", "?"))


NAMES = [
    "SELECT * FROM {{ x }}",
    "SELECT * FROM a, {{ x }}",
    "SELECT * FROM a JOIN {{ x }} ON true",
    "SELECT * FROM s.{{ x }}",
    "SELECT {{ x }}.a FROM t",
    "SELECT a AS {{ x }} FROM t",
    "SELECT a {{ x }} FROM t",
    "SELECT * FROM sales_{{ x }}",
    "SELECT * FROM sales_{{ x }}_v1",
    'SELECT * FROM "{{ x }}"',
    'SELECT * FROM "a {{ x }}"',
    "SELECT {{ x }}(a)",
    "INSERT INTO {{ x }} VALUES (1)",
    "INSERT INTO t ({{ x }}, b) VALUES (1, 2)",
    "UPDATE {{ x }} SET a = 1",
    "DROP TABLE {{ x }}",
    "DROP TABLE IF EXISTS {{ x }}",
    "CREATE TABLE {{ x }} (a int)",
    "CREATE TABLE t ({{ x }} int)",
    "SELECT * FROM a JOIN b USING ({{ x }})",
    "SELECT a FROM t ORDER BY a {{ x }}",
    "SELECT {{ x }}{{ x }}",
    "SELECT 1{{ x }}",
    "{{ x }} 1",
]


@pytest.mark.parametrize("text", NAMES)
def test_a_name_must_be_one_word(text):
    (statement,) = place(render(text, {"x": "desc_1"}, {}), "postgres")
    assert statement.values == []
    assert statement.text() == text.replace("{{ x }}", "desc_1")
    for value in (
        HOSTILE,
        "a b",
        "a.b",
        'a"b',
        "",
        "a-b",
        "a\n",
        1.5,
        None,
        True,
        dt.date(2026, 1, 1),
    ):
        with pytest.raises(SqlError, match="only one word"):
            place(render(text, {"x": value}, {}), "postgres")


@pytest.mark.parametrize(
    "clause", ["ORDER BY {{ x }}", "GROUP BY a, {{ x }}", "ORDER BY 1, {{ x }}"]
)
def test_what_rows_are_ordered_by_is_a_name_or_a_number(clause):
    text = f"SELECT a FROM t {clause}"
    for value in ("a", 2):
        (statement,) = place(render(text, {"x": value}, {}), "duckdb")
        assert statement.text() == text.replace("{{ x }}", str(value))
    with pytest.raises(SqlError, match="only one word"):
        place(render(text, {"x": "a; DROP TABLE t"}, {}), "duckdb")


QUOTED = [
    ("postgres", "'{{ x }}'", "it's \\ \"", "'it''s \\ \"'"),
    ("duckdb", "'a {{ x }}%'", "'", "'a ''%'"),
    ("sqlite", "'{{ x }}'", "\\'", "'\\'''"),
    ("mysql", "'{{ x }}'", "\\' OR 1=1 -- ", "'\\\\'' OR 1=1 -- '"),
    ("mysql", '"{{ x }}"', "\\\" OR 1=1 -- '", '"\\\\"" OR 1=1 -- \'"'),
    ("snowflake", "'{{ x }}'", "\\'", "'\\\\'''"),
    ("bigquery", "'{{ x }}'", "\\'", "'\\\\\\''"),
    ("bigquery", '"{{ x }}"', '"', '"\\""'),
    ("redshift", "'{{ x }}'", "\\'", "'\\\\'''"),
    ("clickhouse", "'{{ x }}'", "\\'", "'\\\\'''"),
    ("trino", "'{{ x }}'", "\\'", "'\\'''"),
    ("mssql", "N'{{ x }}'", "'", "N''''"),
]


@pytest.mark.parametrize(("provider", "literal", "value", "expected"), QUOTED)
def test_inside_quotes_a_value_is_escaped_by_dialect(provider, literal, value, expected):
    (statement,) = place(render(f"SELECT {literal}", {"x": value}, {}), provider)
    assert statement.values == []
    assert statement.text() == f"SELECT {expected}"


def test_a_quoted_literal_stays_one_literal_in_every_dialect():
    for provider in GRAMMARS:
        for value in ("'", "''", "\\", "\\'", "'\\", "/* ' */", "-- '\n'", "é'😀", "'; x"):
            (statement,) = place(render("SELECT '{{ x }}', 2", {"x": value}, {}), provider)
            (again,) = place(render(statement.text(), {}, {}), provider)
            kinds = [token.token_type.name for token in again.tokens]
            assert kinds == ["SELECT", "STRING", "COMMA", "NUMBER"], (provider, value)
            assert again.tokens[1].text == value, (provider, value)


@pytest.mark.parametrize(
    ("provider", "literal"),
    [("postgres", "E'{{ x }}'"), ("postgres", "$${{ x }}$$"), ("bigquery", "r'{{ x }}'"),
     ("bigquery", "'''{{ x }}'''")],
)  # fmt: skip
def test_literals_of_other_kinds_take_one_word(provider, literal):
    (statement,) = place(render(f"SELECT {literal}", {"x": "ab"}, {}), provider)
    assert statement.text() == f"SELECT {literal.replace('{{ x }}', 'ab')}"
    with pytest.raises(SqlError, match=r"one word only|only one word"):
        place(render(f"SELECT {literal}", {"x": "a$$'b"}, {}), provider)


def test_a_value_in_a_comment_is_left_out():
    text = "SELECT 1 -- {{ x }}\n, 2 /* {{ x }} */, {{ y }} -- {{ x }}"
    (statement,) = place(render(text, {"x": "a\n; DROP TABLE t */", "y": 3}, {}), "postgres")
    assert statement.text(["?"]) == "SELECT 1 -- \n, 2 /*  */, ?"
    assert statement.values == [3]


def test_a_list_stands_after_in():
    text = "SELECT * FROM t WHERE a IN {{ l }} AND b IN ({{ l }}) AND c NOT IN {{ e }}"
    (statement,) = place(render(text, {"l": [1, "a'"], "e": []}, {}), "postgres")
    assert statement.text(["?"] * 4) == (
        "SELECT * FROM t WHERE a IN (?, ?) AND b IN (?, ?) AND c NOT IN (NULL)"
    )
    assert statement.values == [1, "a'", 1, "a'"]
    for text in ("SELECT {{ l }}", "SELECT '{{ l }}'"):
        with pytest.raises(SqlError, match="list"):
            place(render(text, {"l": [1]}, {}), "postgres")


def test_after_a_types_name_a_value_is_a_literal():
    text = "SELECT DATE {{ ds }}, TIMESTAMP {{ at }}, INTERVAL {{ span }}"
    names = {"ds": "2026-01-01", "at": "2026' --", "span": "1 day"}
    (statement,) = place(render(text, names, {}), "postgres")
    assert statement.text() == "SELECT DATE '2026-01-01', TIMESTAMP '2026'' --', INTERVAL '1 day'"


def test_values_that_databases_have_no_form_for_are_refused():
    for value in (object(), pd.DataFrame({"a": [1]}), lambda: 1, {1: {2}}.items()):
        for text in ("SELECT {{ x }}", "SELECT '{{ x }}'"):
            with pytest.raises(SqlError, match="cannot be a value"):
                place(render(text, {"x": value}, {}), "postgres")


def test_values_keep_their_types():
    moment = dt.datetime(2026, 1, 2, 3, tzinfo=dt.UTC)
    id_ = uuid.uuid4()
    given = {
        "a": np.int64(3), "b": np.float32(0.5), "c": pd.Timestamp(moment),
        "d": decimal.Decimal("1.10"),
        "e": b"\x00", "f": True, "g": None, "h": {"k": [1]}, "i": id_, "j": np.str_("s"),
    }  # fmt: skip
    text = f"SELECT {', '.join(f'{{{{ {name} }}}}' for name in given)}"
    (statement,) = place(render(text, given, {}), "postgres")
    assert statement.values == [
        3, 0.5, moment, decimal.Decimal("1.10"), b"\x00", True, None, '{"k": [1]}', str(id_), "s",
    ]  # fmt: skip
    assert [type(value) for value in statement.values[:3]] == [int, float, dt.datetime]


def test_nul_and_broken_unicode_are_refused_where_they_cannot_stand():
    for provider in GRAMMARS:
        with pytest.raises(SqlError, match="NUL"):
            place(render("SELECT '{{ x }}'", {"x": "a\0b"}, {}), provider)
        with pytest.raises(SqlError, match="Unicode"):
            place(render("SELECT {{ x }}", {"x": "\ud800"}, {}), provider)
    with pytest.raises(SqlError, match="NUL"):
        place(render("SELECT {{ x }}", {"x": "a\0b"}, {}), "postgres")


def test_a_table_of_a_block_above_stands_wherever_a_table_may():
    text = "SELECT * FROM {{ df_1 }} a, {{ df_1 }} b WHERE a.x IN (SELECT x FROM {{ df_1 }})"
    (statement,) = place(render(text, {"df_1": TableName('"s"."t 1"')}, {}), "postgres")
    assert statement.text() == text.replace("{{ df_1 }}", '"s"."t 1"')


def test_no_value_can_look_like_a_marker():
    text = "SELECT {{ x }}, '{{ y }}'"
    (statement,) = place(render(text, {"x": "mj0000000000000000n1x", "y": "mjn0x"}, {}), "duckdb")
    assert (statement.values, statement.text(["?"])) == (
        ["mj0000000000000000n1x"], "SELECT ?, 'mjn0x'",
    )  # fmt: skip


def test_statements_are_split_outside_of_quotes_comments_and_bodies():
    text = """
    SELECT ';' ; -- ; one
    ;; /* ; */ SELECT "a;b" FROM t;
    CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1; SELECT 2; END; SELECT 3
    """
    split = [one.text() for one in place(render(text, {}, {}), "sqlite")]
    assert split == [
        "SELECT ';'",
        'SELECT "a;b" FROM t',
        "CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1; SELECT 2; END",
        "SELECT 3",
    ]


def test_a_number_that_a_value_spoils_is_refused():
    with pytest.raises(SqlError, match="cannot be read"):
        place(render("SELECT x'{{ x }}'", {"x": "12"}, {}), "mysql")


def test_an_open_quote_is_said_with_its_place():
    with pytest.raises(SqlError, match="Missing '") as caught:
        place(render("SELECT 1,\n  'abc", {}, {}), "postgres")
    assert caught.value.line == 2


def test_percent_signs_are_doubled_for_drivers_that_take_them_for_parameters():
    (statement,) = place(render("SELECT a LIKE '%x' AND b = {{ x }}", {"x": 1}, {}), "mysql")
    assert statement.text(["%s"], double_percent=True) == "SELECT a LIKE '%%x' AND b = %s"
