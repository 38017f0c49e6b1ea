"""SQL as a template: what it may say, what it may call, and where its lines are."""

from __future__ import annotations

import pytest

from mage_jlab.blocks.worker.sql.failures import SqlError
from mage_jlab.blocks.worker.sql.placing import place
from mage_jlab.blocks.worker.sql.template import plain, render


def sent(text, provider="duckdb", **names):
    """Give the statements of a template as pairs of their text and values."""
    statements = place(render(text, names, {}), provider)
    return [(one.text(["?"] * len(one.values)), one.values) for one in statements]


def test_a_text_without_a_template_stays_as_it_is():
    assert sent("SELECT '{', a FROM t -- {x}") == [("SELECT '{', a FROM t", [])]


def test_loops_and_conditions_write_the_files_own_text():
    text = (
        "SELECT a{% for c in cols %}, {{ c | identifier }}{% endfor %} "
        "FROM t{% if x %} LIMIT 1{% endif %}"
    )
    assert sent(text, cols=["b", "c"], x=True) == [("SELECT a, b, c FROM t LIMIT 1", [])]


def test_what_an_expression_makes_is_a_value():
    text = "SELECT {{ x | upper }}, {{ 'a' ~ x }}, {{ n + 1 }}, {{ x | safe }}, {{ x | e }}"
    hostile = "a'; DROP TABLE t; --<"
    ((_, values),) = sent(text, x=hostile, n=2)
    assert values == [hostile.upper(), "a" + hostile, 3, hostile, "a&#39;; DROP TABLE t; --&lt;"]


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("{% macro m(x) %}{{ x }}{% endmacro %}SELECT {{ m(1) }}", "macro"),
        ("{% set y %}a{% endset %}SELECT {{ y }}", "set block"),
        ("{% include 'other.sql' %}", "include"),
        ("{% extends 'other.sql' %}", "extends"),
        ("{% import 'other.sql' as o %}", "import"),
        ("{% filter upper %}select 1{% endfilter %}", "filterblock"),
    ],
)
def test_what_would_make_text_of_values_is_refused(text, word):
    with pytest.raises(SqlError, match=f"has no {word}"):
        sent(text)


def test_a_name_that_is_not_there_is_said_with_its_line_and_column():
    with pytest.raises(SqlError, match="zone is no runtime variable") as caught:
        sent("SELECT 1\n  WHERE x = {{ zone }}")
    assert (caught.value.line, caught.value.column) == (2, 16)


def test_a_template_that_cannot_be_read_is_said_with_its_line():
    with pytest.raises(SqlError, match="unexpected"):
        sent("SELECT 1\nFROM {{ x")
    with pytest.raises(SqlError) as caught:
        sent("SELECT 1\n{% if %}")
    assert caught.value.line == 2


def test_a_template_cannot_reach_into_python():
    with pytest.raises(SqlError, match="not allowed"):
        sent("SELECT {{ x.__class__.__mro__ }}", x="a")


def test_every_character_knows_where_it_is_from():
    file = (
        "SELECT a,\n{% for c in cols -%}\n   {{ c }} AS x{{ loop.index }},\n{% endfor %}\nb FRM t"
    )
    rendered = render(file, {"cols": [1, 2]}, {})
    (statement,) = place(rendered, "duckdb")
    text = statement.text(["?", "?"])
    assert file[statement.origin(text.index("FRM"), ["?", "?"]) :] == "FRM t"
    assert file[statement.origin(text.rindex("AS x"), ["?", "?"]) :].startswith("AS x{{ loop")
    assert file[statement.origin(text.index("?"), ["?", "?"]) :].startswith("{{ c }}")


def test_windows_lines_count_as_lines():
    (statement,) = place(render("SELECT 1\r\n, {{ x }}\r\nFRM", {"x": 1}, {}), "duckdb")
    error = statement.error("E", "no", statement.origin(statement.text(["?"]).index("FRM"), ["?"]))
    assert (error.line, error.column) == (3, 1)


def test_the_mark_stands_below_the_column():
    (statement,) = place(plain("SELECT\n\tx FRM t"), "duckdb")
    error = statement.error("E", "no", 10)
    assert error.shown == " x FRM t\n   ^"
    assert str(error) == "no (line 2, column 4)"


def test_a_long_line_is_cut_around_the_mark():
    text = "SELECT " + "a, " * 1000 + "FRM t"
    (statement,) = place(plain(text), "duckdb")
    line, mark = statement.error("E", "no", text.index("FRM")).shown.split("\n")
    assert len(line) <= 120
    assert line[len(mark) - 1 :].startswith("FRM")
