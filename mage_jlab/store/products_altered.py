"""Files that were altered since they were written, noticed where reading one fails."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mage_jlab.domain.attempt import StoredProduct
from mage_jlab.domain.errors import MageError, NotFoundError


def lost(stored: StoredProduct, state: str) -> NotFoundError:
    """Give the error of a product whose data is not what was written.

    Args:
        stored: the product's manifest.
        state: what happened to it: ``is gone`` or ``was altered``.
    """
    return NotFoundError(
        f"The stored data of {stored.name} {state} ({stored.uri}): "
        "run the block that makes it again.",
        reason="product-lost",
    )


@contextmanager
def noticed(path: Path, stored: StoredProduct) -> Iterator[None]:
    """Read a product's file; a failure that comes from altered bytes is said to.

    A page is read without the checksum of the whole; the whole is hashed only when that fails.

    Args:
        path: the product's file.
        stored: its manifest.

    Raises:
        NotFoundError: ``product-lost`` when the file is not what was written.
    """
    try:
        yield
    except MageError:
        raise
    except Exception as error:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        if digest == stored.checksum:
            raise
        raise lost(stored, "was altered") from error
