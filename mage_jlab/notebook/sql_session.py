"""The state of a notebook's SQL magics: which database is asked, and what a result is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mage_jlab.notebook.foreign import Foreign, connection_of, connects

_EVENT = re.compile(
    r"^\s*(?:%sql\b(?P<sql>.*)"
    r"|(?P<engine>[^\W\d]\w*)\s*=\s*(?:\w+\.)*(?P<how>create_engine|connect)\((?P<given>[^)]*)\)"
    r"|.*SqlMagic\.(?P<option>autopandas|autopolars)\s*=\s*(?P<value>\w+)"
    r"|.*environ\[[\"']DATABASE_URL[\"']\]\s*=\s*[\"'](?P<url>[^\"']+))",
    re.MULTILINE,
)
_PROVIDERS = {
    "postgresql": "postgres",
    "postgres": "postgres",
    "mariadb": "mysql",
    "cockroachdb": "postgres",
}
_KNOWN = frozenset(
    {
        "duckdb",
        "sqlite",
        "postgres",
        "mysql",
        "mssql",
        "snowflake",
        "bigquery",
        "redshift",
        "trino",
        "clickhouse",
    }
)


@dataclass(frozen=True)
class Connection:
    """The database that a cell of SQL asks.

    Attributes:
        provider: the data provider; empty when it is not known which.
        database: the file of a DuckDB or SQLite database; empty in memory.
        profile: whether a connection profile is needed to reach it.
        named: how the notebook names it.
    """

    provider: str = "duckdb"
    database: str = ""
    profile: bool = False
    named: str = ""

    @property
    def memory(self) -> bool:
        """Whether it is a database in memory, new in each block."""
        return self.provider in ("duckdb", "sqlite") and not self.database

    def configuration(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """Give a block's configuration, with what its cell's metadata says on top."""
        made: dict[str, Any] = {"use_raw_sql": True}
        if self.provider not in ("", "duckdb"):
            made["data_provider"] = self.provider
        if self.database:
            made["database"] = self.database
        if self.profile:
            made["data_provider_profile"] = "default"
        return made | dict(given)


@dataclass
class SqlSession:
    """What the cells above say to the SQL magics.

    Attributes:
        frames: whether a result is a frame (``SqlMagic.autopandas``).
        saved: names of results for SQL alone, each with the cell that gives it.
    """

    connection: Connection = field(default_factory=Connection)
    frames: bool = False
    engines: dict[str, Connection] = field(default_factory=dict)
    saved: dict[str, int] = field(default_factory=dict)
    made: dict[str, int] = field(default_factory=dict)

    def follow(self, text: str) -> bool:
        """Take over what a cell says; say whether it seems to say something."""
        if not any(
            word in text
            for word in ("%sql", "connect", "create_engine", "SqlMagic", "DATABASE_URL")
        ):
            return False
        for found in _EVENT.finditer(text):
            if found["sql"] is not None and connects(found["sql"]):
                named, alias = connection_of(found["sql"])
                self.connect(named)
                if alias:
                    self.engines[alias] = self.connection
            elif found["engine"]:
                self._engine(found["engine"], found["how"], found["given"], found[0])
            elif found["option"]:
                self.frames = found["value"].lower() in ("true", "1")
            elif found["url"]:
                self.connection = _of_url(found["url"])
        return True

    def connect(self, named: str) -> None:
        """Ask another database from here on."""
        if named:
            self.connection = self.engines.get(named) or _of_url(named)

    def of(self, foreign: Foreign, configuration: Mapping[str, Any]) -> Connection:
        """Give the database that a cell asks; what its metadata says counts most."""
        self.connect(foreign.connection)
        found = self.connection
        if foreign.dialect:
            found = Connection(foreign.dialect, profile=foreign.dialect != "duckdb")
        provider = configuration.get("data_provider")
        if isinstance(provider, str) and provider != found.provider:
            found = Connection(provider, profile="data_provider_profile" not in configuration)
        elif "data_provider_profile" in configuration:
            found = replace(found, profile=False, provider=found.provider or "duckdb")
        return found

    def _engine(self, name: str, how: str, given: str, line: str) -> None:
        text = re.match(r"\s*(?:database\s*=\s*)?[\"']([^\"'{}]*)[\"']", given)
        if how == "create_engine":
            self.engines[name] = _of_url(text[1]) if text else Connection("", named=name)
            return
        provider = "sqlite" if "sqlite3" in line else "duckdb" if "duckdb" in line else ""
        path = text[1] if text else "" if not given.strip() else None
        if provider and path is not None:
            self.engines[name] = Connection(
                provider, "" if path == ":memory:" else path, named=name
            )
        else:
            self.engines[name] = Connection("", named=name)


def _of_url(url: str) -> Connection:
    scheme, sign, rest = url.strip("\"'").partition("://")
    provider = scheme.split("+")[0].lower()
    provider = _PROVIDERS.get(provider, provider)
    if not sign or provider not in _KNOWN or re.search(r"[{}$]", url):
        return Connection("", named=url)
    if provider in ("duckdb", "sqlite"):
        path = rest.split("?")[0].removeprefix("/")
        return Connection(provider, "" if path in ("", ":memory:") else path, named=url)
    return Connection(provider, profile=True, named=f"{scheme}://…")
