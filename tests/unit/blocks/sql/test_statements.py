"""What a statement does, as its words say: rows, tables, and whether it only reads."""

from __future__ import annotations

import pytest

from mage_jlab.blocks.worker.sql.placing import place
from mage_jlab.blocks.worker.sql.statements import (
    gives_rows,
    is_query,
    named_tables,
    only_reads,
    verb,
    written_table,
)
from mage_jlab.blocks.worker.sql.template import plain


def one(text, provider="postgres"):
    (statement,) = place(plain(text), provider)
    return statement


READS = [
    "SELECT 1",
    "(SELECT 1) UNION (SELECT 2)",
    "WITH a AS (SELECT 1) SELECT * FROM a",
    "VALUES (1)",
    "EXPLAIN SELECT 1",
    "SELECT replace(a, 'DROP TABLE t', '') FROM t",
    "SELECT 'DELETE FROM t', \"drop\", t.update FROM t",
    "SELECT a -- DROP TABLE t\nFROM t",
    "SHOW TABLES",
]
CHANGES = [
    "DROP TABLE t",
    "INSERT INTO t VALUES (1)",
    "UPDATE t SET a = 1",
    "DELETE FROM t",
    "CREATE TABLE t AS SELECT 1",
    "ALTER TABLE t ADD b int",
    "TRUNCATE t",
    "WITH a AS (DELETE FROM t RETURNING *) SELECT * FROM a",
    "WITH a AS (SELECT 1) INSERT INTO t SELECT * FROM a",
    "SELECT * INTO t2 FROM t",
    "SELECT * FROM t FOR UPDATE",
    "EXPLAIN ANALYZE DELETE FROM t",
    "COPY t TO '/tmp/x'",
    "GRANT ALL ON t TO u",
    "CALL p()",
    "MERGE INTO t USING u ON t.a = u.a WHEN MATCHED THEN DELETE",
    "SET default_transaction_read_only = off",
    "ATTACH 'x' AS y",
    "PRAGMA query_only = OFF",
    "VACUUM",
    "DO $$ BEGIN DELETE FROM t; END $$",
    "SELECTED",
]


@pytest.mark.parametrize("text", READS)
def test_what_only_reads(text):
    assert only_reads(one(text))


@pytest.mark.parametrize("text", CHANGES)
def test_what_may_change_something(text):
    assert not only_reads(one(text))


@pytest.mark.parametrize(
    ("text", "what", "rows"),
    [
        ("SELECT 1", "SELECT", True),
        ("(SELECT 1)", "SELECT", True),
        ("WITH a AS (SELECT 1), b AS (SELECT 2) INSERT INTO t SELECT 1", "INSERT", False),
        ("WITH a AS (SELECT 1) SELECT 1", "SELECT", True),
        ("INSERT INTO t VALUES (1) RETURNING a", "INSERT", True),
        ("DELETE FROM t", "DELETE", False),
        ("CREATE TABLE t (a int)", "CREATE", False),
        ("EXPLAIN SELECT 1", "EXPLAIN", True),
    ],
)
def test_the_verb_and_whether_there_are_rows(text, what, rows):
    statement = one(text)
    assert (verb(statement), gives_rows(statement)) == (what, rows)
    assert is_query(statement) is (what == "SELECT")


@pytest.mark.parametrize(
    ("text", "table"),
    [
        ("CREATE TABLE t (a int)", "t"),
        ("CREATE TABLE IF NOT EXISTS s.t AS SELECT 1", "s.t"),
        ("CREATE OR REPLACE TABLE t AS SELECT 1", "t"),
        ('CREATE TEMP TABLE "My t" (a int)', '"My t"'),
        ("INSERT INTO a.b.c (x) VALUES (1)", "a.b.c"),
        ("INSERT INTO t SELECT 1", "t"),
        ("UPDATE t SET a = 1", "t"),
        ("UPDATE t AS x SET a = 1", "t"),
        ("CREATE INDEX i ON t (a)", None),
        ("SELECT 1", None),
    ],
)
def test_the_table_that_is_written(text, table):
    assert written_table(one(text)) == table


def test_tables_that_are_named():
    text = (
        'WITH q AS (SELECT * FROM a) SELECT * FROM q JOIN "B" ON true, s.c '
        "WHERE x IN (SELECT d FROM e)"
    )
    found = named_tables(one(text), "postgres")
    assert {"a", "b", "e"} <= found
    assert not {"c", "d", "x"} & found
    assert "t" in named_tables(one("SELECT FROM WHERE t ((", "postgres"), "postgres")
