"""From a profile to a SQLAlchemy engine: the URL, the driver, and which extra brings it."""

from __future__ import annotations

import os
from typing import Any, Callable

from ..failures import StatedError
from .failures import missing_package
from .profiles import Profile


def make_engine(provider: str, profile: Profile, configuration: dict[str, Any], cwd: str) -> Any:
    """Give a SQLAlchemy engine without a pool; nothing is connected yet.

    Args:
        provider: the database.
        profile: where it is and who asks.
        configuration: the block's own; ``database`` names a file of SQLite's.
        cwd: what relative paths start at.

    Raises:
        StatedError: when the driver is missing or the profile lacks a key.
    """
    try:
        import sqlalchemy as sa
        from sqlalchemy.pool import NullPool
    except ImportError:
        raise missing_package("sqlalchemy", _EXTRAS.get(provider, provider)) from None
    if provider == "sqlite":
        url, arguments = _sqlite(sa, profile, configuration, cwd)
    else:
        if str(profile.get(f"{provider.upper()}_CONNECTION_METHOD", "direct")) != "direct":
            raise StatedError(
                "BadProfile",
                f"The profile {profile.name} wants an SSH tunnel: open it outside of mage_jlab and "
                "name its local host and port.",
            )
        url, arguments = _MAKERS[provider](sa, profile)
    try:
        return sa.create_engine(url, poolclass=NullPool, connect_args=arguments)
    except (ImportError, sa.exc.NoSuchModuleError) as error:
        package = _DRIVERS.get(provider) or getattr(error, "name", None) or provider
        raise missing_package(package, _EXTRAS.get(provider, provider)) from None


_DRIVERS = {
    "postgres": "psycopg",
    "mysql": "pymysql",
    "mssql": "pymssql",
    "snowflake": "snowflake-connector-python",
    "bigquery": "sqlalchemy-bigquery",
    "redshift": "psycopg2",
    "trino": "trino",
    "clickhouse": "clickhouse-connect",
}
_EXTRAS = {name: name for name in _DRIVERS}


def _sqlite(sa: Any, profile: Profile, configuration: dict[str, Any], cwd: str) -> Any:
    file = configuration.get("database") or profile.get("SQLITE_DATABASE")
    if not file:
        return sa.URL.create("sqlite"), {}
    path = os.path.join(cwd, os.path.expanduser(str(file)))
    if profile.read_only:
        from urllib.parse import quote

        query = {"uri": "true", "mode": "ro"}
        return sa.URL.create("sqlite", database=f"file:{quote(path)}", query=query), {}
    return sa.URL.create("sqlite", database=path), {}


def _postgres(sa: Any, profile: Profile) -> Any:
    host, user, database = profile.need("POSTGRES_HOST", "POSTGRES_USER", "POSTGRES_DBNAME")
    url = _server(sa, profile, "postgresql+psycopg", "POSTGRES", user, host, 5432, database)
    arguments: dict[str, Any] = {
        "connect_timeout": int(profile.get("POSTGRES_CONNECT_TIMEOUT", 10)),
        "application_name": "mage_jlab",
    }
    schema = profile.get("POSTGRES_SCHEMA")
    if schema:
        quoted = str(schema).replace('"', '""').replace("\\", "\\\\").replace(" ", "\\ ")
        arguments["options"] = f'-csearch_path="{quoted}",public'
    try:
        import psycopg
    except ImportError:
        raise missing_package("psycopg", "postgres") from None
    # the driver puts values in itself: the server takes no parameters in CREATE TABLE … AS
    arguments["cursor_factory"] = psycopg.ClientCursor
    return url, arguments


def _mysql(sa: Any, profile: Profile) -> Any:
    host, user, database = profile.need("MYSQL_HOST", "MYSQL_USER", "MYSQL_DATABASE")
    url = _server(sa, profile, "mysql+pymysql", "MYSQL", user, host, 3306, database)
    url = url.update_query_dict({"charset": "utf8mb4"})
    return url, {"connect_timeout": int(profile.get("MYSQL_CONNECT_TIMEOUT", 10))}


def _mssql(sa: Any, profile: Profile) -> Any:
    host, user, database = profile.need("MSSQL_HOST", "MSSQL_USER", "MSSQL_DATABASE")
    return _server(sa, profile, "mssql+pymssql", "MSSQL", user, host, 1433, database), {}


def _snowflake(sa: Any, profile: Profile) -> Any:
    account, user = profile.need("SNOWFLAKE_ACCOUNT", "SNOWFLAKE_USER")
    database = profile.get("SNOWFLAKE_DEFAULT_DB", "")
    schema = profile.get("SNOWFLAKE_DEFAULT_SCHEMA")
    query = {
        "warehouse": profile.get("SNOWFLAKE_DEFAULT_WH"),
        "role": profile.get("SNOWFLAKE_ROLE"),
    }
    try:
        from .snowflake import register

        name = register()
    except ImportError:
        raise missing_package("snowflake-connector-python", "snowflake") from None
    url = sa.URL.create(
        name,
        user,
        _text(profile.get("SNOWFLAKE_PASSWORD")),
        account,
        None,
        f"{database}/{schema}" if schema else database,
        {key: str(value) for key, value in query.items() if value},
    )
    extra = {
        "host": profile.get("SNOWFLAKE_HOST"),
        "port": profile.get("SNOWFLAKE_PORT"),
        "protocol": profile.get("SNOWFLAKE_PROTOCOL"),
        "login_timeout": profile.get("SNOWFLAKE_TIMEOUT"),
        "private_key_file": profile.get("SNOWFLAKE_PRIVATE_KEY_PATH"),
        "private_key_file_pwd": profile.get("SNOWFLAKE_PRIVATE_KEY_PASSPHRASE"),
    }
    return url, {key: value for key, value in extra.items() if value is not None}


def _bigquery(sa: Any, profile: Profile) -> Any:
    key = profile.get("GOOGLE_SERVICE_ACC_KEY")
    path = profile.get("GOOGLE_SERVICE_ACC_KEY_FILEPATH")
    project = key.get("project_id") if isinstance(key, dict) else None
    query = {"credentials_path": str(path)} if path and not isinstance(key, dict) else {}
    if profile.get("GOOGLE_LOCATION"):
        query["location"] = str(profile.get("GOOGLE_LOCATION"))
    if isinstance(key, dict):
        import base64
        import json

        query["credentials_base64"] = base64.b64encode(json.dumps(key).encode()).decode()
    return sa.URL.create("bigquery", host=project or None, query=query), {}


def _redshift(sa: Any, profile: Profile) -> Any:
    host, user, database = profile.need(
        "REDSHIFT_HOST", "REDSHIFT_TEMP_CRED_USER", "REDSHIFT_DBNAME"
    )
    driver, secret = "postgresql+psycopg2", "REDSHIFT_TEMP_CRED_PASSWORD"
    url = _server(sa, profile, driver, "REDSHIFT", user, host, 5439, database, secret)
    schema = profile.get("REDSHIFT_SCHEMA")
    return url, {"options": f"-csearch_path={schema}"} if schema else {}


def _trino(sa: Any, profile: Profile) -> Any:
    host, user = profile.need("TRINO_HOST", "TRINO_USER")
    catalog, schema = profile.get("TRINO_CATALOG", ""), profile.get("TRINO_SCHEMA")
    place = f"{catalog}/{schema}" if schema else catalog
    url = _server(sa, profile, "trino", "TRINO", user, host, 8080, place)
    names = ("http_scheme", "http_headers", "session_properties", "source", "verify")
    given = {name: profile.get(f"TRINO_{name.upper()}") for name in names}
    return url, {name: value for name, value in given.items() if value is not None}


def _clickhouse(sa: Any, profile: Profile) -> Any:
    (host,) = profile.need("CLICKHOUSE_HOST")
    user = str(profile.get("CLICKHOUSE_USERNAME", "default"))
    database = str(profile.get("CLICKHOUSE_DATABASE", "default"))
    return _server(sa, profile, "clickhousedb", "CLICKHOUSE", user, host, 8123, database), {}


_MAKERS: dict[str, Callable[[Any, Profile], Any]] = {
    "postgres": _postgres,
    "mysql": _mysql,
    "mssql": _mssql,
    "snowflake": _snowflake,
    "bigquery": _bigquery,
    "redshift": _redshift,
    "trino": _trino,
    "clickhouse": _clickhouse,
}


def _server(
    sa: Any,
    profile: Profile,
    driver: str,
    prefix: str,
    user: str,
    host: str,
    port: int,
    database: str,
    secret: str | None = None,
) -> Any:
    """Give the URL of a server; its password and port stand in the profile, or ``port`` is meant.

    Args:
        sa: SQLAlchemy.
        profile: where it is and who asks.
        driver: SQLAlchemy's name of the dialect and its driver.
        prefix: what the profile's keys of this database start with.
        user: who asks.
        host: the server.
        port: its usual port.
        database: the database on it.
        secret: the password's key, where it is not the prefix with ``_PASSWORD``.
    """
    return sa.URL.create(
        driver,
        user,
        _text(profile.get(secret or f"{prefix}_PASSWORD")),
        host,
        _port(profile.get(f"{prefix}_PORT", port)),
        database,
    )


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _port(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise StatedError("BadProfile", f"{value!r} is no port.") from None
