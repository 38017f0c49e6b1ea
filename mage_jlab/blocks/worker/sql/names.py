"""Names of tables and columns, by Mage AI's rules."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from .reserved import RESERVED


class Place(NamedTuple):
    """Where a table is; None means where the connection is."""

    database: str | None
    schema: str | None
    name: str


def clean_column(name: str) -> str:
    """Give the name under which Mage AI writes a column.

    Non-word characters become ``_``, a leading digit gets ``letter_`` in front, all is lower case,
    and a reserved word gets a ``_`` in front.
    """
    text = re.sub('[\ufeff"$\n\r\t]', "", name)
    text = re.sub(r"\W", "_", text)
    if text[:1].isdigit():
        text = f"letter_{text}"
    text = text.lower()
    return f"_{text}" if text.upper() in RESERVED else text


def clean_columns(names: list[str]) -> list[str]:
    """Clean the names of a table's columns; names that become the same are numbered."""
    return unique([clean_column(name) for name in names])


def unique(names: list[str]) -> list[str]:
    """Number names that stand twice without regard to case: no database takes them."""
    taken: set[str] = set()
    out = []
    for name in names:
        candidate, count = name, 1
        while candidate.casefold() in taken:
            count += 1
            candidate = f"{name}_{count}"
        taken.add(candidate.casefold())
        out.append(candidate)
    return out


def default_table(pipeline: str, block: str, env: str, item: int | None = None) -> str:
    """Give the table of a block that names none.

    Args:
        pipeline: the pipeline.
        block: the block.
        env: ``dev`` and ``test`` are put in front, so that trying out never touches the real ones.
        item: the index of a fan-out's child.
    """
    prefix = f"{env}_" if env in ("dev", "test") else ""
    suffix = f"__dynamic_{item}" if item is not None else ""
    return f"{prefix}{_clean(pipeline)}_{_clean(block)}_v1{suffix}"


def _clean(name: str) -> str:
    return re.sub(r"\W", "_", name).lower()


def table_of(
    configuration: dict[str, Any],
    pipeline: str,
    block: str,
    env: str,
    item: int | None = None,
) -> Place:
    """Give database, schema and name of the table that a block writes.

    Args:
        configuration: the block's own.
        pipeline: the pipeline.
        block: the block.
        env: the environment's name.
        item: the index of a fan-out's child.
    """
    name = configuration.get("data_provider_table")
    if not name:
        name = default_table(pipeline, block, env, item)
    elif item is not None:
        name = f"{name}__dynamic_{item}"
    database = configuration.get("data_provider_database") or None
    return Place(database, configuration.get("data_provider_schema") or None, str(name))
