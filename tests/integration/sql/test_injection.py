"""No value becomes SQL: hostile values in every place, on four real databases."""

from __future__ import annotations

import pytest

from tests.unit.blocks.sql.desk import Desk, rows

HOSTILE = [
    "'", '"', "`", "\\", "\\'", "''", "'; DROP TABLE victims; --", '"; DROP TABLE victims; --',
    "\\'; DROP TABLE victims; -- ", "' OR '1'='1", "' OR 1=1 #", "*/ DROP TABLE victims /*",
    "-- x\n", "# x\n", "/*", "$$", "$tag$", "%s %(p1)s %%", ":p1 ? $1", "{{ 7 * 7 }}", "{% if %}",
    "é 漢 😀 \u2028", "\ufeff", "\x02v\x03", "\r\n\t",
    "\u2019 \u02bc \uff07", "mj0n0x", "\\\\", "'\\", "\\\"'",
]  # fmt: skip


@pytest.fixture
def victims(desk: Desk) -> Desk:
    """A table that must survive."""
    desk.run(
        "DROP TABLE IF EXISTS victims; CREATE TABLE victims (a INT); "
        "INSERT INTO victims VALUES (7)",
        configuration={"use_raw_sql": True},
    )
    return desk


def test_every_hostile_value_comes_back_as_it_went(victims: Desk) -> None:
    parts = [
        f"SELECT {place} AS place, {{{{ v{place} }}}} AS bound, 'a{{{{ v{place} }}}}b' AS quoted"
        for place in range(len(HOSTILE))
    ]
    sql = " UNION ALL ".join(parts)
    variables = {f"v{place}": value for place, value in enumerate(HOSTILE)}
    got = victims.result(sql, by_position=False, variables=variables)
    assert sorted(rows(got)) == [
        (place, value, f"a{value}b") for place, value in enumerate(HOSTILE)
    ]
    assert rows(victims.result("SELECT a FROM victims", by_position=False)) == [(7,)]


def test_hostile_values_are_compared_and_written_as_they_are(victims: Desk) -> None:
    raw = {"configuration": {"use_raw_sql": True}}
    victims.run("DROP TABLE IF EXISTS notes; CREATE TABLE notes (n INT, t VARCHAR(200))", **raw)
    inserts = [
        f"INSERT INTO notes VALUES ({n}, {{{{ v{n} }}}}); "
        f"INSERT INTO notes VALUES ({n}, '{{{{ v{n} }}}}')"
        for n in range(len(HOSTILE))
    ]
    variables = {f"v{n}": value for n, value in enumerate(HOSTILE)}
    victims.run("; ".join(inserts), variables=variables, **raw)
    got = victims.result("SELECT n, t FROM notes", by_position=False)
    assert sorted(rows(got)) == sorted(
        (place, value) for place, value in enumerate(HOSTILE) for _ in range(2)
    )
    none = victims.result(
        "SELECT n FROM notes WHERE n = {{ v }}", by_position=False, variables={"v": 10**6}
    )
    assert len(none) == 0
    assert rows(victims.result("SELECT a FROM victims", by_position=False)) == [(7,)]


@pytest.mark.parametrize(
    "sql",
    ["SELECT * FROM {{ v }}", "SELECT a FROM victims ORDER BY {{ v }}", "DROP TABLE vic_{{ v }}",
     "SELECT a {{ v }} FROM victims", 'SELECT a AS "{{ v }}" FROM victims'],
)  # fmt: skip
def test_hostile_names_are_refused_before_anything_is_sent(victims: Desk, sql: str) -> None:
    if victims.configuration["data_provider"] == "mysql":
        # there double quotes are a literal
        sql = sql.replace('"', "`")
    for value in HOSTILE[:12]:
        error = victims.error(sql, by_position=False, variables={"v": value})
        assert error["type"] == "UnsafeValue", value
    assert rows(victims.result("SELECT a FROM victims", by_position=False)) == [(7,)]


def test_a_nul_character_harms_nobody(victims: Desk, provider: str) -> None:
    value = "a\0'; DROP TABLE victims; --"
    sql = "SELECT {{ v }} AS v"
    if provider == "postgres":
        assert "NUL" in victims.error(sql, by_position=False, variables={"v": value})["message"]
    else:
        got = victims.result(sql, by_position=False, variables={"v": value})
        assert rows(got) == [(value,)]
    error = victims.error("SELECT '{{ v }}' AS v", by_position=False, variables={"v": value})
    assert "NUL" in error["message"]
    assert rows(victims.result("SELECT a FROM victims", by_position=False)) == [(7,)]


def test_values_in_statements_that_take_no_parameters(victims: Desk) -> None:
    raw = {"configuration": {"use_raw_sql": True}}
    for place, value in enumerate(HOSTILE[3:10]):
        victims.run(
            "DROP VIEW IF EXISTS v1; CREATE VIEW v1 AS SELECT a, {{ v }} AS b FROM victims; "
            "DROP TABLE IF EXISTS t1; CREATE TABLE t1 AS SELECT {{ v }} AS b, {{ n }} AS n",
            variables={"v": value, "n": place},
            **raw,
        )
        got = victims.result("SELECT v1.b, t1.b AS c FROM v1, t1", by_position=False)
        assert rows(got) == [(value, value)], value
