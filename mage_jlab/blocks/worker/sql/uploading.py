"""Arrow tables as tables of a database: created with their types, filled in batches."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from .names import Place

ROWS_A_BATCH = 20_000
"""How many rows are sent at a time."""


def upload(
    connection: Any,
    provider: str,
    place: Place,
    table: Any,
    temporary: bool,
) -> None:
    """Make a table in a database and fill it; one of that name goes first.

    Args:
        connection: the SQLAlchemy connection.
        provider: the database.
        place: database, schema and name; the database counts where names have three parts.
        table: the Arrow table.
        temporary: whether it is to live as long as the session alone.
    """
    import sqlalchemy as sa

    database, schema, name = place
    if database and provider in ("snowflake", "bigquery", "trino", "mssql"):
        schema = ".".join(part for part in (database, schema) if part)
    columns = [
        sa.Column(field.name, _type(sa, provider, field.type), nullable=True)
        for field in table.schema
    ]
    made = sa.Table(
        name,
        sa.MetaData(),
        *columns,
        schema=schema,
        prefixes=["TEMPORARY"] if temporary else [],
    )
    if temporary and provider == "mysql":
        connection.execute(sa.text(f"DROP TEMPORARY TABLE IF EXISTS {_quoted(connection, name)}"))
    elif not temporary:
        made.drop(connection, checkfirst=True)
    connection.execute(sa.schema.CreateTable(made))
    if provider == "postgres":
        _copy(connection, made, table)
        return
    names = table.schema.names
    for batch in table.to_batches(max_chunksize=ROWS_A_BATCH):
        values = [_values(provider, column) for column in batch.columns]
        rows = [dict(zip(names, row)) for row in zip(*values)]
        if rows:
            connection.execute(made.insert(), rows)


def _copy(connection: Any, made: Any, table: Any) -> None:
    """Fill a table of PostgreSQL's by COPY."""
    quote = connection.dialect.identifier_preparer
    columns = ", ".join(quote.quote(name) for name in table.schema.names)
    where = quote.format_table(made)
    cursor = connection.connection.dbapi_connection.cursor()
    with cursor, cursor.copy(f"COPY {where} ({columns}) FROM STDIN") as copy:
        for batch in table.to_batches(max_chunksize=ROWS_A_BATCH):
            values = [_values("postgres", column) for column in batch.columns]
            for row in zip(*values):
                copy.write_row(row)


def _quoted(connection: Any, name: str) -> str:
    return str(connection.dialect.identifier_preparer.quote(name))


def _values(provider: str, column: Any) -> list[Any]:
    import pyarrow as pa

    kind = column.type
    if pa.types.is_dictionary(kind):
        column = column.dictionary_decode()
        kind = column.type
    if pa.types.is_timestamp(kind) and kind.unit == "ns":
        # databases keep microseconds
        column = column.cast(pa.timestamp("us", kind.tz), safe=False)
    if pa.types.is_duration(kind) and kind.unit == "ns":
        column = column.cast(pa.duration("us"), safe=False)
    if pa.types.is_time64(kind) and kind.unit == "ns":
        column = column.cast(pa.time64("us"), safe=False)
    values = column.to_pylist()
    if pa.types.is_nested(kind):
        return [
            None if v is None else json.dumps(v, default=str, ensure_ascii=False) for v in values
        ]
    if pa.types.is_timestamp(kind) and kind.tz and provider in ("mysql", "sqlite", "mssql"):
        utc = dt.timezone.utc
        return [None if v is None else v.astimezone(utc).replace(tzinfo=None) for v in values]
    if pa.types.is_duration(kind) and provider not in ("postgres", "mysql"):
        return [None if v is None else v / dt.timedelta(microseconds=1) for v in values]
    if pa.types.is_floating(kind) and provider == "mysql":
        # it has neither NaN nor infinities
        return [v if v is None or v - v == 0 else None for v in values]
    return list(values)


def _type(sa: Any, provider: str, kind: Any) -> Any:
    """Give the SQLAlchemy type that keeps an Arrow type."""
    import pyarrow as pa

    of = pa.types
    if of.is_dictionary(kind):
        return _type(sa, provider, kind.value_type)
    if of.is_boolean(kind):
        return sa.Boolean()
    if of.is_integer(kind):
        return _integer(sa, kind)
    if of.is_float32(kind) and provider in ("postgres", "redshift"):
        return sa.REAL()
    if of.is_floating(kind):
        return sa.Double()
    if of.is_decimal(kind):
        return sa.Numeric(kind.precision, kind.scale)
    if of.is_date(kind):
        return sa.Date()
    if of.is_time(kind):
        return sa.Time() if provider != "mysql" else _mysql("TIME", fsp=6)
    if of.is_timestamp(kind):
        if provider == "mysql":
            return _mysql("DATETIME", fsp=6)
        return sa.DateTime(timezone=bool(kind.tz))
    if of.is_duration(kind):
        if provider == "mysql":
            return _mysql("TIME", fsp=6)
        return sa.Interval() if provider == "postgres" else sa.Double()
    if of.is_binary(kind) or of.is_large_binary(kind):
        return _mysql("LONGBLOB") if provider == "mysql" else sa.LargeBinary()
    if provider == "mysql":
        return _mysql("LONGTEXT")
    return sa.UnicodeText() if provider == "mssql" else sa.Text()


def _integer(sa: Any, kind: Any) -> Any:
    if str(kind) == "uint64":
        return sa.Numeric(20, 0)
    if kind.bit_width <= 16 and str(kind) != "uint16":
        return sa.SmallInteger()
    return sa.Integer() if str(kind) in ("int32", "uint16") else sa.BigInteger()


def _mysql(name: str, **options: Any) -> Any:
    from sqlalchemy.dialects import mysql

    return getattr(mysql, name)(**options)
