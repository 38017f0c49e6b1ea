"""Snowflake by its own connector: as much of a SQLAlchemy dialect as SQL blocks need.

The package snowflake-sqlalchemy does not load with SQLAlchemy 2.1.
"""

from __future__ import annotations

from typing import Any

NAME = "mage_jlab_snowflake"


def register() -> str:
    """Make the dialect known to SQLAlchemy; gives its name for URLs.

    Raises:
        ImportError: when the connector is missing.
    """
    import snowflake.connector
    from sqlalchemy import bindparam, text
    from sqlalchemy.dialects import registry
    from sqlalchemy.engine.default import DefaultDialect

    class SnowflakeDialect(DefaultDialect):
        """Connects with the URL's parts, and asks for tables without regard to case."""

        name = NAME
        driver = "connector"
        default_paramstyle = "pyformat"
        supports_statement_cache = False
        supports_sane_rowcount = False

        @classmethod
        def import_dbapi(cls) -> Any:
            return snowflake.connector

        def create_connect_args(self, url: Any) -> Any:
            database, _, schema = (url.database or "").partition("/")
            given = {
                "account": url.host,
                "user": url.username,
                "password": url.password,
                "database": database,
                "schema": schema,
                **url.query,
            }
            return [], {key: value for key, value in given.items() if value}

        def has_table(
            self, connection: Any, table_name: str, schema: str | None = None, **_: Any
        ) -> bool:
            *database, own = (schema or "").split(".")
            quote = connection.dialect.identifier_preparer.quote
            where = f"{quote(database[-1])}." if database else ""
            query = text(
                f"SELECT 1 FROM {where}information_schema.tables "  # noqa: S608  # quoted by the dialect
                "WHERE upper(table_name) = upper(:name) "
                "AND upper(table_schema) = upper(coalesce(:schema, current_schema()))"
            ).bindparams(bindparam("name", table_name), bindparam("schema", own or None))
            return connection.execute(query).first() is not None

    globals()["SnowflakeDialect"] = SnowflakeDialect
    registry.register(NAME, __name__, "SnowflakeDialect")
    return NAME
