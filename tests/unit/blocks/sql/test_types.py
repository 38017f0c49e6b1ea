"""Rows of queries as pandas frames: what ``duckdb.sql(…).df()`` gives, or better."""

from __future__ import annotations

import datetime as dt
import decimal

import duckdb
import numpy as np
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

AS_DUCKDB = [
    "1::TINYINT", "2::SMALLINT", "3::INT", "4::BIGINT", "5::UTINYINT", "6::UBIGINT",
    "1.5::FLOAT", "1.5::DOUBLE", "1.25::DECIMAL(9, 2)", "true", "'é'", "''",
    "DATE '2026-01-02'", "TIMESTAMP '2026-01-02 03:04:05.123456'",
    "TIMESTAMP_NS '2026-01-02 03:04:05.123456789'", "TIMESTAMP_S '2026-01-02 03:04:05'",
    "TIMESTAMPTZ '2026-01-02 03:04:05+02'", "INTERVAL '3 days 2 hours'", "INTERVAL '1 month'",
    "'x'::ENUM ('x', 'y')", "TIME '03:04:05'", "uuid()::VARCHAR IS NULL", "'{\"a\": 1}'::JSON",
]  # fmt: skip


@pytest.mark.parametrize("value", AS_DUCKDB)
@pytest.mark.parametrize("shape", ["{v}", "CASE WHEN i = 1 THEN NULL ELSE {v} END"])
@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")
def test_types_are_those_of_duckdbs_own_frames(desk, value, shape):
    sql = f"SELECT {shape.format(v=value)} AS x FROM range(3) t(i)"
    expected = duckdb.sql(sql).df()
    if expected["x"].dtype == object:
        expected["x"] = expected["x"].astype(object).where(expected["x"].notna(), None)
    assert_frame_equal(desk.result(sql), expected)


def test_whole_numbers_stay_whole(desk):
    sql = (
        "SELECT sum(i) AS s, 1::HUGEINT AS h, 170141183460469231731687303715884105727 AS huge "
        "FROM range(3) t(i)"
    )
    got = desk.result(sql)
    assert (got["s"].dtype, got["h"].dtype, got["s"][0]) == (np.int64, np.int64, 3)
    assert got["huge"].dtype == np.float64
    got = desk.result("SELECT * FROM (VALUES (9007199254740993), (NULL)) t(n)")
    assert str(got["n"].dtype) == "Int64"
    assert got["n"][0] == 9007199254740993


def test_nested_values_and_bytes_are_pythons_own(desk):
    got = desk.result(
        "SELECT [1, 2] AS l, {'a': 1, 'b': [2]} AS s, MAP {'k': 1} AS m, '\\xAA\\x00'::BLOB AS b, "
        "NULL AS n, [[1], NULL] AS ll"
    )
    assert got["l"][0] == [1, 2]
    assert got["m"][0] == {"k": 1}
    assert got["b"][0] == b"\xaa\x00"
    assert got["s"][0] == {"a": 1, "b": [2]}
    assert got["ll"][0] == [[1], None]
    assert pd.isna(got["n"][0])


def test_dates_that_microseconds_do_not_reach_are_dates(desk):
    got = desk.result("SELECT DATE '9999-12-31' AS far, DATE '0001-01-01' AS old")
    assert got["far"][0] == pd.Timestamp("9999-12-31")
    assert got["old"][0] == pd.Timestamp("0001-01-01")


def test_no_rows_and_no_columns_of_one_name(desk):
    got = desk.result("SELECT 1 AS a, 'x' AS b, now() AS c WHERE false")
    assert (len(got), [str(t) for t in got.dtypes][:2]) == (0, ["int32", "str"])
    assert list(desk.result("SELECT 1 AS a, 2 AS a, 3 AS A")) == ["a", "a_2", "A_3"]


def test_columns_of_pandas_reach_sql_as_they_are(desk):
    frame = pd.DataFrame(
        {
            "i": pd.array([1, None], "Int64"),
            "f": [1.5, None],
            "c": pd.Categorical(["x", None]),
            "t": pd.to_datetime(["2026-01-02", None]),
            "z": pd.to_datetime(["2026-01-02", None]).tz_localize("Europe/Berlin"),
            "d": [dt.date(2026, 1, 2), None],
            "n": [decimal.Decimal("1.10"), None],
            "o": [{"a": 1}, None],
            "p": pd.PeriodIndex(["2026-01", None], freq="M"),
            "h": np.array([1.5, 2.5], dtype=np.float16),
            "td": pd.to_timedelta([90, None], unit="s"),
            "m": [1, "x"],
        }
    )
    sql = (
        "SELECT i, f, c::VARCHAR AS c, t, z = TIMESTAMPTZ '2026-01-01 23:00:00+00' AS z, d, "
        "n::VARCHAR AS n, o.a AS o, p, h, epoch(td) AS td, m FROM load"
    )
    got = desk.result(sql, {"load": {"output_0": frame}})
    first = got.iloc[0].tolist()
    assert first == [
        1, 1.5, "x", pd.Timestamp("2026-01-02"), True, pd.Timestamp("2026-01-02"), "1.10", 1,
        "2026-01", 1.5, 90, "1",
    ]  # fmt: skip
    missing = got.iloc[1].isna().tolist()
    assert missing == [True] * 9 + [False, True, False]


def test_labels_that_are_no_text_and_twice_the_same(desk):
    frame = pd.DataFrame([[1, 2, 3]], columns=[0, "a", "A"])
    got = desk.result('SELECT "0", a, A_2 FROM load', {"load": {"output_0": frame}})
    assert got.iloc[0].tolist() == [1, 2, 3]
