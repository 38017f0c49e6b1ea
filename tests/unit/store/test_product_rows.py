"""Sorted and filtered pages: against pandas, and what they refuse."""

from __future__ import annotations

import datetime as dt
from contextlib import suppress
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from mage_jlab.blocks.worker.codecs.encode import Encoder
from mage_jlab.blocks.worker.codecs.files import OutputFolder
from mage_jlab.domain.attempt import StoredProduct
from mage_jlab.domain.errors import BadInputError, NotFoundError
from mage_jlab.domain.product import RowsPage
from mage_jlab.domain.product_profile import RowFilter
from mage_jlab.store.product_rows import ordered_rows
from mage_jlab.store.row_orders import RowOrders

GENERATOR = np.random.default_rng(3)
ROWS = 2000
FRAME = pd.DataFrame(
    {
        "id": np.arange(ROWS),
        "n": GENERATOR.integers(0, 9, ROWS).astype("int8"),
        "x": np.where(GENERATOR.random(ROWS) < 0.1, np.nan, GENERATOR.random(ROWS)),
        "s": GENERATOR.choice(np.array(["b", "a", "Zoë", None], dtype=object), ROWS),
        "at": pd.Timestamp("2026-01-01") + pd.to_timedelta(GENERATOR.integers(0, 999, ROWS), "h"),
        "c": pd.Categorical(
            GENERATOR.choice(["low", "mid", "high"], ROWS), ["low", "mid", "high"], ordered=True
        ),
        "u": pd.Categorical(GENERATOR.choice(["q", "p"], ROWS), ["q", "p"]),
        "b": GENERATOR.random(ROWS) < 0.5,
        "d": pd.to_timedelta(GENERATOR.integers(0, 99, ROWS), "s"),
    }
)


def kept(root: Path, value: Any) -> StoredProduct:
    return StoredProduct.model_validate(
        Encoder(OutputFolder(str(root), "r")).encode({"x": value})[0]
    )


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Any:
    root = tmp_path_factory.mktemp("products")
    stored = kept(root, FRAME)

    def ask(sort: str | None = None, *filters: tuple[str, str, Any], **place: int) -> RowsPage:
        words = [
            RowFilter.model_validate({"column": column, "op": op, "value": value})
            for column, op, value in filters
        ]
        offset, limit = place.get("offset", 0), place.get("limit", ROWS)
        return ordered_rows(root, stored, offset, limit, sort, words)

    return ask


def ids(page: RowsPage) -> list[Any]:
    return [row[0] for row in page.rows]


@pytest.mark.parametrize("columns", [["n"], ["x"], ["s"], ["at"], ["c"], ["b"], ["d"], ["n", "x"]])
@pytest.mark.parametrize("ascending", [True, False])
def test_rows_are_sorted_as_pandas_does(asked: Any, columns: list[str], ascending: bool) -> None:
    sort = ",".join(columns if ascending else [f"-{column}" for column in columns])
    expected = FRAME.sort_values(columns, ascending=ascending, kind="stable", na_position="last")
    page = asked(sort)
    assert ids(page) == expected["id"].to_list()
    assert ids(asked(sort, offset=ROWS - 3, limit=100)) == expected["id"].to_list()[-3:]


def test_unordered_categories_are_sorted_by_their_text(asked: Any) -> None:
    assert {row[6] for row in asked("u", limit=500).rows} == {"p"}


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (("n", "eq", 3), FRAME.n == 3),
        (("n", "ne", 3), FRAME.n != 3),
        (("n", "gt", 2.5), FRAME.n > 2.5),
        (("n", "le", 2.5), FRAME.n <= 2.5),
        (("n", "eq", 2.5), FRAME.n == 2.5),
        (("n", "lt", 10**30), FRAME.n >= 0),
        (("n", "ge", 300), FRAME.n > 300),
        (("n", "gt", "-300"), FRAME.n >= 0),
        (("x", "lt", 0.5), FRAME.x < 0.5),
        (("x", "ne", 0.5), FRAME.x.notna()),
        (("x", "null", None), FRAME.x.isna()),
        (("s", "not_null", None), FRAME.s.notna()),
        (("s", "eq", "Zoë"), FRAME.s == "Zoë"),
        (("s", "contains", "o"), FRAME.s == "Zoë"),
        (("at", "ge", "2026-01-20"), FRAME["at"] >= "2026-01-20"),
        (("at", "lt", "2026-01-20T05:30:00"), FRAME["at"] < "2026-01-20T05:30:00"),
        (("c", "eq", "low"), FRAME.c == "low"),
        (("b", "eq", True), FRAME.b),
        (("d", "gt", 50), FRAME.d > pd.Timedelta(50, "s")),
    ],
)
def test_a_filter_lets_through_what_pandas_does(asked: Any, one: Any, expected: Any) -> None:
    page = asked(None, one)
    assert ids(page) == FRAME["id"][expected].to_list()
    assert page.total == int(expected.sum())


def test_filters_and_an_order_hold_together(asked: Any) -> None:
    page = asked("-at,s", ("n", "gt", 4), ("s", "ne", "a"), offset=10, limit=5)
    wanted = FRAME[(FRAME.n > 4) & FRAME.s.notna() & (FRAME.s != "a")]
    wanted = wanted.sort_values(["at", "s"], ascending=[False, True], kind="stable")
    assert ids(page) == wanted["id"].to_list()[10:15]
    assert page.total == len(wanted)


@pytest.mark.parametrize(
    ("sort", "filters", "said"),
    [
        ("none", [], "no column 'none'; there are id, n"),
        (None, [("none", "null", None)], "no column 'none'"),
        (None, [("n", "eq", "many")], "filter of n needs a number, not 'many'"),
        (None, [("n", "eq", True)], "needs a number"),
        (None, [("x", "eq", "NaN")], "a finite number"),
        (None, [("s", "eq", 1)], "needs a text"),
        (None, [("n", "contains", "1")], "looks into texts; n holds int8"),
        (None, [("at", "lt", "soon")], "ISO 8601"),
        (None, [("b", "eq", 1)], "true or false"),
    ],
)
def test_what_does_not_fit_is_said(asked: Any, sort: Any, filters: Any, said: str) -> None:
    with pytest.raises(BadInputError, match=said):
        asked(sort, *filters)


def test_moments_of_a_zone_dates_times_and_views(tmp_path: Path) -> None:
    frame = pl.DataFrame(
        {
            "id": [0, 1],
            "z": [
                dt.datetime(2026, month, 1, tzinfo=ZoneInfo("Europe/Berlin")) for month in (1, 7)
            ],
            "day": [dt.date(2026, 1, 1), dt.date(2026, 7, 1)],
            "at": [dt.time(1), dt.time(13)],
            "s": ["a", "b"],
            "c": pl.Series(["a", "b"], dtype=pl.Categorical),
        }
    )
    stored = kept(tmp_path, frame)
    for column, value in [
        ("z", "2026-06-30T22:00:00Z"),
        ("z", "2026-07-01"),
        ("day", "2026-07-01"),
        ("at", "12:00"),
        ("s", "b"),
        ("c", "b"),
    ]:
        word = RowFilter.model_validate({"column": column, "op": "ge", "value": value})
        assert ids(ordered_rows(tmp_path, stored, 0, 9, f"-{column}", [word])) == [1]


def test_lists_have_no_order_and_json_no_rows(tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="which has no order"):
        ordered_rows(tmp_path, kept(tmp_path, pd.DataFrame({"l": [[1], [2]]})), 0, 9, "l", [])
    inline = StoredProduct.model_validate({"name": "x", "type": "json", "inline": "1"})
    with pytest.raises(BadInputError, match="only frames"):
        ordered_rows(tmp_path, inline, 0, 9, "l", [])


def test_an_altered_file_is_noticed(tmp_path: Path) -> None:
    stored = kept(tmp_path, pa.table({"s": ["aaaa", "b"], "n": [1, 2]}))
    path = tmp_path / str(stored.uri) / "data.arrow"
    whole = path.read_bytes()
    for place in range(0, len(whole), 7):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        with suppress(NotFoundError):
            assert ordered_rows(tmp_path, stored, 0, 9, "-s", [], RowOrders()).total == 2
    path.write_bytes(whole[:-1])
    with pytest.raises(NotFoundError, match="was altered") as lost:
        ordered_rows(tmp_path, stored, 0, 9, "-s", [])
    assert lost.value.reason == "product-lost"


def test_orders_are_kept_up_to_a_size() -> None:
    orders = RowOrders(most_bytes=100)
    made: list[str] = []

    def make(key: str, length: int = 10) -> Any:
        made.append(key)
        return np.zeros(length, np.uint32)

    for key in ("a", "b", "a", "c", "a", "b"):
        orders.get(key, lambda key=key: make(key))
    assert made == ["a", "b", "c", "b"]
    assert orders.size == 80
    assert len(orders.get("large", lambda: make("large", 100))) == 100
    assert orders.size == 0
