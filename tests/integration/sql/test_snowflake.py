"""SQL blocks against Snowflake's wire protocol, by its real connector."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import fakesnow
import pandas as pd
import pytest

from tests.unit.blocks.sql.desk import Desk, rows

FRAME = pd.DataFrame({"id": [1, 2], "t": ["a'", None], "f": [1.5, 2.5]})


@pytest.fixture(scope="module")
def profile() -> Iterator[str]:
    with fakesnow.server() as given:
        yield f"""
        default:
          SNOWFLAKE_ACCOUNT: {given["account"]}
          SNOWFLAKE_USER: {given["user"]}
          SNOWFLAKE_PASSWORD: {given["password"]}
          SNOWFLAKE_HOST: {given["host"]}
          SNOWFLAKE_PORT: {given["port"]}
          SNOWFLAKE_PROTOCOL: {given["protocol"]}
          SNOWFLAKE_DEFAULT_DB: SHOP
          SNOWFLAKE_DEFAULT_SCHEMA: PUBLIC
        """


@pytest.fixture
def desk(tmp_path: Path, profile: str) -> Desk:
    made = Desk(tmp_path, data_provider="snowflake")
    made.profiles(profile)
    return made


def test_values_frames_and_tables(desk: Desk) -> None:
    value = "it's \\ ; --"
    got = desk.result(
        "SELECT {{ x }} AS b, '{{ x }}' AS c", by_position=False, variables={"x": value}
    )
    assert rows(got) == [(value, value)]
    got = desk.result("SELECT * FROM mine", {"load": {"mine": FRAME}}, by_position=False)
    assert rows(got) == [(1, "a'", 1.5), (2, None, 2.5)]
    above = {"load": {"output_0": FRAME}}
    desk.result("SELECT id, t FROM {{ df_1 }}", above)
    assert len(desk.result("SELECT id, t FROM {{ df_1 }}", above)) == 4
    replace = {"export_write_policy": "replace"}
    got = desk.result("SELECT 1 AS id, 'x' AS t", configuration=replace)
    assert rows(got) == [(1, "x")]
    error = desk.error("SELECT 1", configuration={"export_write_policy": "fail"})
    assert error["type"] == "TableExists"


def test_an_error_has_snowflakes_words(desk: Desk) -> None:
    error = desk.error("SELECT a\nFROM nowhere", by_position=False)
    assert "NOWHERE does not exist" in error["message"]
    assert error["column"] is not None
