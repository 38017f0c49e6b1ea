"""PostgreSQL and MariaDB for these tests, and a desk whose blocks run on them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.database_server import DatabaseServer, mariadb, postgres
from tests.unit.blocks.sql.desk import Desk

PROFILES = """
version: 0.1.1
default:
  POSTGRES_DBNAME: {postgres.database}
  POSTGRES_HOST: {postgres.host}
  POSTGRES_PORT: {postgres.port}
  POSTGRES_USER: {postgres.user}
  POSTGRES_PASSWORD: "{{{{ env_var('SHOP_PASSWORD') }}}}"
  MYSQL_DATABASE: {mariadb.database}
  MYSQL_HOST: {mariadb.host}
  MYSQL_PORT: {mariadb.port}
  MYSQL_USER: {mariadb.user}
  MYSQL_PASSWORD: "{{{{ env_var('SHOP_PASSWORD') }}}}"
  SQLITE_DATABASE: shop.sqlite
  DUCKDB_DATABASE: shop.duckdb
careful:
  read_only: true
  POSTGRES_DBNAME: {postgres.database}
  POSTGRES_HOST: {postgres.host}
  POSTGRES_PORT: {postgres.port}
  POSTGRES_USER: {postgres.user}
  MYSQL_DATABASE: {mariadb.database}
  MYSQL_HOST: {mariadb.host}
  MYSQL_PORT: {mariadb.port}
  MYSQL_USER: {mariadb.user}
  MYSQL_PASSWORD: "{{{{ env_var('SHOP_PASSWORD') }}}}"
  SQLITE_DATABASE: shop.sqlite
  DUCKDB_DATABASE: shop.duckdb
"""


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[DatabaseServer]:
    with postgres() as server:
        yield server


@pytest.fixture(scope="session")
def mariadb_server() -> Iterator[DatabaseServer]:
    with mariadb() as server:
        yield server


@pytest.fixture(scope="session")
def profiles(postgres_server: DatabaseServer, mariadb_server: DatabaseServer) -> str:
    return PROFILES.format(postgres=postgres_server, mariadb=mariadb_server)


@pytest.fixture(params=["duckdb", "sqlite", "postgres", "mysql"])
def provider(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, profiles: str, provider: str) -> Desk:
    """A desk whose blocks run on each provider in turn."""
    monkeypatch.delenv("ENV", raising=False)
    monkeypatch.setenv("SHOP_PASSWORD", "pw")
    made = Desk(tmp_path, data_provider=provider)
    made.profiles(profiles)
    return made
