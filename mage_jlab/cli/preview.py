"""Data products as text: the head of a frame, a value, or what there is instead."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from mage_jlab.cli.words import size, table

if TYPE_CHECKING:
    from mage_jlab.cli.session import Session
    from mage_jlab.domain.product import Product
    from mage_jlab.domain.run import Run
    from mage_jlab.domain.word import Json

WIDEST_CELL = 32
LONGEST_VALUE = 2000


def head(product: Product) -> str:
    """Show a product: its name and extent, and the rows or the value that came with it."""
    rows = "" if product.rows is None else f"{product.rows:,}"
    columns = f" × {len(product.schema_)}" if product.schema_ is not None and rows else ""
    kind = product.type_name or product.type.value
    title = f"{product.block}.{product.name}  {kind}  {rows}{columns}".rstrip()
    title += f"  {size(product.bytes)}, run {product.run_number}"
    if product.preview is not None and product.schema_ is not None:
        names = [column.name for column in product.schema_]
        numbers = {
            at
            for at in range(len(names))
            if all(isinstance(row[at], int | float | None) for row in product.preview)
        }
        cells = [[cell(value) for value in row] for row in product.preview]
        return f"{title}\n{table(names, cells, right=frozenset(numbers))}"
    if product.value is not None:
        text = (
            product.value
            if isinstance(product.value, str)
            else json.dumps(product.value, ensure_ascii=False)
        )
        return f"{title}\n{shorten(text, LONGEST_VALUE)}"
    if product.mime:
        return f"{title}\n{', '.join(product.mime)}"
    return title


def cell(value: Json) -> str:
    """Write one value of a row, no wider than a column may be."""
    if value is None:
        return "null"
    if isinstance(value, float):
        text = f"{value:.6g}"
        return f"{text}.0" if text.lstrip("-").isdigit() else text
    return shorten(str(value).replace("\n", "⏎"), WIDEST_CELL)


def shorten(text: str, width: int) -> str:
    """Cut a text with an ellipsis where it is longer than the width."""
    return text if len(text) <= width else text[: width - 1] + "…"


def last_product(session: Session, run: Run) -> str:
    """Show the last product of a run: a frame of its lowest block where there is one, else any."""
    found = [(b, p) for b in reversed(run.block_runs) for p in b.products]
    frames = [pair for pair in found if pair[1].type.value in ("frame", "series")]
    if not found:
        return ""
    _, ref = (frames or found)[0]
    return head(session.services.products.get(ref.id, rows=10))
