"""How two stored products differ."""

from __future__ import annotations

from pathlib import Path

from mage_jlab.domain.attempt import StoredProduct
from mage_jlab.domain.product_diff import ColumnDiff, ProductDiff, RowsDiff, SchemaDiff, TypeChange
from mage_jlab.store.product_profiles import stored_profile

Side = tuple[str, Path, StoredProduct]
"""A product to compare: its id, the products folder, and its manifest."""


def compare_products(before: Side, after: Side) -> ProductDiff:
    """Compare two products: what differs in the second.

    Equal checksums answer at once: nothing is read.

    Raises:
        NotFoundError: ``product-lost`` when the file of one is gone or altered.
    """
    one, other = before[2], after[2]
    same = one.checksum == other.checksum and one.type is other.type
    return ProductDiff(
        before=before[0],
        after=after[0],
        same=same,
        summary="The contents are equal." if same else "The contents differ.",
        schema_=schema_diff(one, other),
        rows=RowsDiff(before=one.rows, after=other.rows),
        columns=column_diffs(one, other),
    )


def schema_diff(one: StoredProduct, other: StoredProduct) -> SchemaDiff:
    """Compare the columns of two products by their names."""
    old = {column.name: column for column in one.schema_ or []}
    new = {column.name: column for column in other.schema_ or []}
    return SchemaDiff(
        added=[column for name, column in new.items() if name not in old],
        removed=[column for name, column in old.items() if name not in new],
        changed=[
            TypeChange(name=name, before=column.type, after=new[name].type)
            for name, column in old.items()
            if name in new and new[name].type != column.type
        ],
    )


def column_diffs(one: StoredProduct, other: StoredProduct) -> list[ColumnDiff]:
    """Give the profiles of each column on both sides."""
    old = {profile.name: profile for profile in stored_profile(one).profiles}
    new = {profile.name: profile for profile in stored_profile(other).profiles}
    names = dict.fromkeys(
        column.name for columns in (other.schema_, one.schema_) for column in columns or []
    )
    return [ColumnDiff(name=name, before=old.get(name), after=new.get(name)) for name in names]
