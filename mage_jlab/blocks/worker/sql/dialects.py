"""What the databases' dialects differ in: names, quotes, escapes, how a value is marked."""

from __future__ import annotations

import datetime as dt
import decimal
import math
from functools import cache
from typing import Any

from .failures import missing_package

GRAMMARS = {
    "duckdb": "duckdb",
    "postgres": "postgres",
    "mysql": "mysql",
    "sqlite": "sqlite",
    "mssql": "tsql",
    "snowflake": "snowflake",
    "bigquery": "bigquery",
    "redshift": "redshift",
    "trino": "trino",
    "clickhouse": "clickhouse",
}
"""The providers that SQL blocks run on, and sqlglot's name for their dialect."""

SYNONYMS = {"sqlserver": "mssql", "postgresql": "postgres", "mariadb": "mysql"}
"""Other names of providers; the first is Mage AI's."""


@cache
def tokenizer(provider: str) -> Any:
    """Give the tokenizer of a provider's dialect.

    No command swallows the rest of its statement as one token: values may stand in there.

    Raises:
        StatedError: when sqlglot is missing.
    """
    try:
        from sqlglot.dialects.dialect import Dialect
    except ImportError:
        raise missing_package("sqlglot") from None
    dialect = Dialect.get_or_raise(GRAMMARS[provider])
    base = dialect.tokenizer_class
    return type("BlockTokenizer", (base,), {"COMMANDS": set()})(dialect=dialect)


def backslash_escapes(provider: str) -> bool:
    """Say whether a backslash escapes in a quoted literal of the dialect."""
    return "\\" in tokenizer(provider).STRING_ESCAPES


def escaped(text: str, quote: str, provider: str) -> str:
    """Write a text so that it stands inside a quoted literal as it is.

    Args:
        text: any text.
        quote: the quote character of the literal.
        provider: the database.
    """
    if backslash_escapes(provider):
        text = text.replace("\\", "\\\\")
    if quote in tokenizer(provider).STRING_ESCAPES or quote not in "'\"":
        return text.replace(quote, quote * 2)
    if quote == "'" and not backslash_escapes(provider):
        return text.replace(quote, quote * 2)
    return text.replace(quote, "\\" + quote)


def literal(value: Any, provider: str) -> str:
    """Write a value as SQL text, for the places where no bind parameter may stand.

    Args:
        value: a value as ``bindable`` gives it.
        provider: the database.
    """
    if value is None:
        return "NULL"
    if isinstance(value, bool):
        word = ("0", "1") if provider in ("sqlite", "mssql") else ("FALSE", "TRUE")
        return word[value]
    if isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
        return repr(value)
    if isinstance(value, decimal.Decimal) and value.is_finite():
        return str(value)
    return f"'{escaped(as_text(value), chr(39), provider)}'"


def as_text(value: Any) -> str:
    """Give the text of a value as it stands inside a quoted literal."""
    if isinstance(value, bytes):
        return value.decode()
    return str(value)


def bindable(value: Any) -> Any:
    """Give a value in a form that every driver takes as a parameter; None for what has no form.

    Returns:
        a tuple of one value, or None.
    """
    if hasattr(value, "item") and hasattr(value, "dtype") and not getattr(value, "ndim", 0):
        value = value.item()
    if isinstance(value, str):
        return (str(value),)
    if hasattr(value, "to_pydatetime"):
        return (value.to_pydatetime(),)
    plain = (bool, int, float, bytes, decimal.Decimal, dt.date, dt.time, dt.timedelta)
    if value is None or isinstance(value, plain):
        return (value,)
    if type(value).__name__ == "UUID":
        return (str(value),)
    if isinstance(value, dict):
        import json

        try:
            return (json.dumps(value, default=str),)
        except (TypeError, ValueError, RecursionError):
            return None
    return None
