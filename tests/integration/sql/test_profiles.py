"""Profiles on real databases: read-only ones, secrets in them, what cannot be connected to."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path
from typing import Any

import pandas as pd
import psycopg
import pymysql
import pytest

from mage_jlab.blocks.worker.sql.alchemy import Alchemy
from tests.servers.database_server import DatabaseServer, free_port
from tests.unit.blocks.sql.desk import Desk, rows

RAW = {"use_raw_sql": True}
CAREFUL = {"data_provider_profile": "careful", "use_raw_sql": True}


@pytest.mark.parametrize(
    "sql",
    ["DROP TABLE kept", "INSERT INTO kept VALUES (2)", "SELECT 1;\nDELETE FROM kept",
     "WITH q AS (SELECT 1) INSERT INTO kept SELECT * FROM q", "CREATE TABLE other (a INT)"],
)  # fmt: skip
def test_a_read_only_profile_sends_no_change(desk: Desk, sql: str) -> None:
    desk.run("DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT 1 AS x", configuration=RAW)
    error = desk.error(sql, configuration=CAREFUL)
    assert error["type"] == "ReadOnly"
    assert error["line"] == sql.count("\n") + 1
    assert rows(desk.result("SELECT x FROM kept", configuration=CAREFUL)) == [(1,)]


def test_a_read_only_session_refuses_by_itself(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.run("DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT 1 AS x", configuration=RAW)
    monkeypatch.setattr("mage_jlab.blocks.worker.sql.block.only_reads", lambda _: True)
    error = desk.error("DROP TABLE kept", configuration=CAREFUL)
    assert error["type"] != "ReadOnly"
    assert rows(desk.result("SELECT x FROM kept", configuration=CAREFUL)) == [(1,)]


def test_a_read_only_profile_reads_beside_frames(desk: Desk) -> None:
    desk.run("DROP TABLE IF EXISTS kept; CREATE TABLE kept AS SELECT 1 AS x", configuration=RAW)
    got = desk.result(
        "SELECT x, y FROM kept JOIN mine ON x = z",
        {"load": {"mine": pd.DataFrame({"z": [1], "y": ["b"]})}},
        by_position=False,
        configuration=CAREFUL,
    )
    assert rows(got) == [(1, "b")]
    error = desk.error("SELECT 1 AS x", configuration={"data_provider_profile": "careful"})
    assert (error["type"], "use_raw_sql" in error["message"]) == ("ReadOnly", True)


@pytest.mark.parametrize("provider", ["postgres", "mysql"])
def test_a_password_is_in_no_message_and_no_file(
    desk: Desk, provider: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("SHOP_PASSWORD", "open-sesame")
    desk.run("SELECT 1 AS x", configuration=RAW) if provider == "postgres" else None
    text = (desk.place / "io_config.yaml").read_text()
    broken = text.replace("127.0.0.1", "open-sesame.invalid")
    (desk.place / "io_config.yaml").write_text(broken)
    error = desk.error("SELECT 1")
    assert error["type"] == "ConnectionFailed"
    assert "open-sesame" not in str(error)
    stored = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not [
        p for p in stored if b"open-sesame" in p.read_bytes() and p.name != "io_config.yaml"
    ]


@pytest.mark.parametrize("provider", ["postgres", "mysql"])
def test_a_server_that_is_not_there_is_said(
    desk: Desk, provider: str, postgres_server: DatabaseServer, mariadb_server: DatabaseServer
) -> None:
    text = (desk.place / "io_config.yaml").read_text()
    for server in (postgres_server, mariadb_server):
        text = text.replace(str(server.port), str(free_port()))
    (desk.place / "io_config.yaml").write_text(text)
    error = desk.error("SELECT 1")
    assert error["type"] == "ConnectionFailed"
    assert f"profile default ({provider}) cannot be connected to" in error["message"]


class CancelledError(BaseException):
    """What a worker raises in a block that is stopped."""


LONG = {"postgres": "SELECT pg_sleep(60)", "mysql": "SELECT SLEEP(60)"}


@pytest.mark.parametrize("provider", ["postgres", "mysql"])
def test_stopping_a_block_ends_its_query_on_the_server(
    desk: Desk,
    provider: str,
    monkeypatch: pytest.MonkeyPatch,
    postgres_server: DatabaseServer,
    mariadb_server: DatabaseServer,
) -> None:
    before = signal.signal(signal.SIGTERM, _cancel)
    started = threading.Event()
    real = Alchemy.run

    def run(self: Alchemy, *arguments: Any, **options: Any) -> object:
        started.set()
        return real(self, *arguments, **options)

    def stop() -> None:
        started.wait(30)
        time.sleep(0.5)
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr(Alchemy, "run", run)
    stopper = threading.Thread(target=stop)
    stopper.start()
    try:
        with pytest.raises(CancelledError):
            desk.run(LONG[provider], by_position=False)
    finally:
        stopper.join()
        signal.signal(signal.SIGTERM, before)
    until = time.monotonic() + 10
    servers = {"postgres": _postgres_sleeps, "mysql": _mariadb_sleeps}
    server = postgres_server if provider == "postgres" else mariadb_server
    while servers[provider](server):
        assert time.monotonic() < until, "the query goes on"
        time.sleep(0.1)


def _cancel(*_: object) -> None:
    raise CancelledError


def _postgres_sleeps(server: DatabaseServer) -> bool:
    query = (
        "SELECT 1 FROM pg_stat_activity WHERE state = 'active' AND query LIKE '%pg_sleep(60)%' "
        "AND pid <> pg_backend_pid()"
    )
    with psycopg.connect(host=server.host, port=server.port, user=server.user) as connection:
        return bool(connection.execute(query).fetchall())


def _mariadb_sleeps(server: DatabaseServer) -> bool:
    connection = pymysql.connect(
        host=server.host, port=server.port, user=server.user, password=server.password
    )
    with connection, connection.cursor() as cursor:
        cursor.execute("SELECT info FROM information_schema.processlist")
        return any("SLEEP(60)" in str(row[0]) for row in cursor.fetchall())
