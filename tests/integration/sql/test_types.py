"""Types there and back: frames in real databases, and rows from them."""

from __future__ import annotations

import datetime as dt
import decimal

import numpy as np
import pandas as pd
import pytest

from tests.unit.blocks.sql.desk import Desk, rows

FRAME = pd.DataFrame(
    {
        "i": np.array([1, -(2**62)], dtype="i8"),
        "small": np.array([1, -3], dtype="i2"),
        "big": pd.array([1, None], "Int64"),
        "u": np.array([2**63, 1], dtype="u8"),
        "f": [1.5, None],
        "ok": [True, False],
        "t": ["é'\\", None],
        "empty": ["", " "],
        "c": pd.Categorical(["x", None]),
        "at": pd.to_datetime(["2026-01-02 03:04:05.123456", None]),
        "zone": pd.to_datetime(["2026-01-02 03:04:05+02:00", None]),
        "day": [dt.date(2026, 1, 2), None],
        "clock": [dt.time(3, 4, 5), None],
        "n": [decimal.Decimal("12345678901234567890.12"), None],
        "raw": [b"\x00\xff'", None],
        "nested": [{"a": [1]}, None],
        "span": pd.to_timedelta([90, None], unit="s"),
    }
)


def test_a_frame_comes_back_as_it_went(desk: Desk, provider: str) -> None:
    if provider == "sqlite":
        # SQLite itself knows numbers, text and bytes alone
        frame = FRAME[["i", "small", "big", "f", "t", "empty", "c", "raw"]]
    else:
        frame = FRAME
    got = desk.result(
        "SELECT * FROM mine", {"load": {"f": frame}}, by_position=False, inputs={"mine": "load.f"}
    )
    assert len(got) == 2
    first, second = ({**row} for row in got.to_dict("records"))
    wanted = frame.to_dict("records")[0]
    if provider == "mysql":
        # it has no truth values, and keeps moments without a zone, here in UTC
        wanted["ok"] = 1
    for name, value in wanted.items():
        mine = first[name]
        if name == "zone":
            mine = mine.tz_localize("UTC") if mine.tzinfo is None else mine
        elif name == "day":
            mine = mine.date()
        elif name == "clock" and provider == "mysql":
            # its TIME is a span
            value = pd.Timedelta(hours=3, minutes=4, seconds=5)
        elif name in ("u", "n"):
            mine, value = float(mine), float(value)
        elif name == "nested" and isinstance(mine, str):
            value = '{"a": [1]}'
        assert mine == value, name
    for name in ("big", "f", "t", "c", "at", "zone", "day", "clock", "n", "raw", "nested", "span"):
        assert name not in frame or pd.isna(second[name]), name
    assert second["i"] == -(2**62)


SELECTED = {
    "postgres": (
        "SELECT 1::int2 AS a, 2::int8 AS b, 1.5::real AS c, 2.25::numeric(9,2) AS d, true AS e, "
        "'x'::varchar AS f, DATE '2026-01-02' AS g, TIMESTAMP '2026-01-02 03:04:05' AS h, "
        "TIMESTAMPTZ '2026-01-02 03:04:05+02' AS i, INTERVAL '90 s' AS j, "
        "'{\"k\": 1}'::jsonb AS k, ARRAY[1, 2] AS l, '\\xff'::bytea AS m, avg(x) AS n, sum(x) AS o "
        "FROM generate_series(1, 2) x"
    ),
    "mysql": (
        "SELECT CAST(1 AS SIGNED) AS a, CAST(2.25 AS DECIMAL(9,2)) AS d, 1.5e0 AS c, 'x' AS f, "
        "DATE '2026-01-02' AS g, TIMESTAMP '2026-01-02 03:04:05' AS h, x'ff' AS m"
    ),
    "sqlite": "SELECT 1 AS a, 1.5 AS c, 'x' AS f, x'ff' AS m, NULL AS z",
    "duckdb": "SELECT 1::SMALLINT AS a, 1.5::FLOAT AS c, 'x' AS f",
}
DTYPES = {
    "postgres": (
        "int16 int64 float32 float64 bool str datetime64[us] datetime64[us] datetime64[us, UTC] "
        "timedelta64[us] str object object float64 int64"
    ),
    "mysql": "int64 float64 float64 str datetime64[us] datetime64[us] object",
    "sqlite": "int64 float64 str object object",
    "duckdb": "int16 float32 str",
}


def test_rows_have_the_types_that_the_database_states(desk: Desk, provider: str) -> None:
    got = desk.result(SELECTED[provider], by_position=False)
    dtypes = " ".join(str(dtype) for dtype in got.dtypes)
    assert dtypes == DTYPES[provider]
    none = desk.result(f"SELECT * FROM ({SELECTED[provider]}) q WHERE 1 = 0", by_position=False)
    assert list(none) == list(got)
    assert len(none) == 0
    if provider == "postgres":
        assert " ".join(str(dtype) for dtype in none.dtypes) == dtypes
        assert got["l"][0] == [1, 2]
        assert got["k"][0] == '{"k": 1}'


def test_many_rows_are_streamed_with_nothing_lost(
    desk: Desk, provider: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mage_jlab.blocks.worker.sql.fetching.ROWS_A_BATCH", 1000)
    monkeypatch.setattr("mage_jlab.blocks.worker.codecs.rows.WHOLE", 10_000)
    digits = " UNION ALL ".join(f"SELECT {n} AS d" for n in range(10))
    sql = (
        f"WITH t AS ({digits}) SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d AS n, NULL AS none, "
        "CASE WHEN a.d + 10 * b.d + 100 * c.d + 1000 * e.d > 5000 THEN 'late' END AS late "
        "FROM t a, t b, t c, t e"
    )
    got = desk.result(sql, by_position=False)
    assert sorted(got["n"]) == list(range(10_000))
    assert int(got["late"].notna().sum()) == 4999


def test_columns_of_one_name_are_numbered(desk: Desk) -> None:
    got = desk.result("SELECT 1 AS x, 2 AS x", by_position=False)
    assert (list(got), rows(got)) == (["x", "x_2"], [(1, 2)])
