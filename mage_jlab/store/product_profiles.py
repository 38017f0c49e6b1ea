"""Column profiles as they were stored with a product: nothing of its file is read for them."""

from __future__ import annotations

from mage_jlab.domain.attempt import StoredProduct
from mage_jlab.domain.product_profile import ColumnProfile, Profile


def stored_profile(stored: StoredProduct) -> Profile:
    """Give what the columns of a product hold.

    A manifest that an earlier version wrote has fewer words of each column. Of columns that share
    a name the first is described.

    Args:
        stored: the product's manifest.
    """
    profiles: dict[str, ColumnProfile] = {}
    for column in stored.schema_ or []:
        found = stored.statistics.get(column.name)
        if found is not None and column.name not in profiles:
            profiles[column.name] = ColumnProfile.model_validate(
                {"name": column.name, "type": column.type, **found}
            )
    return Profile(
        rows=stored.rows,
        bytes=stored.bytes,
        checksum=stored.checksum,
        profiles=list(profiles.values()),
    )
