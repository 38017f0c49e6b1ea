"""Two compared products as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mage_jlab.cli.preview import cell
from mage_jlab.cli.words import table

if TYPE_CHECKING:
    from mage_jlab.domain.product_diff import ProductDiff
    from mage_jlab.domain.word import Json

SHOWN_ROWS = 10
"""So many rows of each kind are shown; the JSON has more."""


def difference(found: ProductDiff) -> str:
    """Show what differs: columns, counts, changed columns, and some rows of each kind."""
    lines = [found.summary]
    schema = found.schema_
    lines += [f"+ column {column.name}  {column.type}" for column in schema.added]
    lines += [f"- column {column.name}  {column.type}" for column in schema.removed]
    lines += [f"~ column {one.name}  {one.before} → {one.after}" for one in schema.changed]
    if found.rows is not None:
        lines.append(f"Rows: {found.rows.before:,} → {found.rows.after:,}")
    if found.key is not None:
        lines.append(f"Rows are told by {', '.join(found.key)}.")
    lines += [f"{one.name}: {one.changed:,} changed" for one in found.columns if one.changed]
    if found.sample is not None:
        lines += _sample("Added", found.sample.added)
        lines += _sample("Removed", found.sample.removed)
        changed = found.sample.changed[:SHOWN_ROWS]
        lines += _sample("Changed, before", [row.before for row in changed])
        lines += _sample("Changed, after", [row.after for row in changed])
    if found.text is not None:
        lines.append(found.text)
    return "\n".join(lines)


def _sample(title: str, rows: list[dict[str, Json]]) -> list[str]:
    if not rows:
        return []
    shown = [[cell(value) for value in row.values()] for row in rows[:SHOWN_ROWS]]
    return ["", f"{title}:", table(list(rows[0]), shown)]
