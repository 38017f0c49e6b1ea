"""What stands before each reading of a product's data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mage_jlab.domain.errors import NotFoundError

if TYPE_CHECKING:
    from mage_jlab.store.ledger.rows import ProductRow


def readable(row: ProductRow) -> ProductRow:
    """Give a product whose file is here, fetched from its URL where it lies behind one.

    Raises:
        NotFoundError: ``product-pruned`` when it was not kept; ``product-lost``.
        UnprocessableError: when its place does not answer.
    """
    if row.pruned_at is not None:
        raise NotFoundError(
            f"The stored data of {row.stored.name} was not kept any longer than until "
            f"{row.pruned_at:%Y-%m-%d %H:%M} UTC: run {row.block} again.",
            reason="product-pruned",
        )
    from mage_jlab.store.product_places import is_remote

    if is_remote(row.root):
        from mage_jlab.blocks.fetching import bring

        bring(row.stored, row.root)
    return row
