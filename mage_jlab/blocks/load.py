"""Products as live values, for kernels and scripts: exactly what the blocks below received."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mage_jlab.blocks.worker.codecs.decode import Decoder
from mage_jlab.blocks.worker.failures import StatedError
from mage_jlab.domain.attempt import StoredProduct
from mage_jlab.domain.errors import UnprocessableError

REASONS = {"MissingPackage": "package-missing"}
"""The reason of an error by its kind, where it is no lost product."""

_kept: list[Any] = []
"""What loaded values share memory with: while it lives, changing a value copies it first."""


def load_product(stored: StoredProduct, products_root: Path) -> Any:
    """Load the value of a product.

    Frames are memory-mapped and behave like ordinary ones. Objects are unpickled, after their
    checksum: load only what your own engine made.

    Args:
        stored: the product's manifest.
        products_root: the project's products folder.

    Raises:
        UnprocessableError: when the product is gone or altered, or a package is missing.
    """
    decoder = Decoder(str(products_root))
    try:
        value = decoder.load(stored.to_json())
    except StatedError as error:
        reason = REASONS.get(error.kind, "product-lost")
        raise UnprocessableError(str(error), reason=reason) from error
    _kept.extend(decoder.kept)
    return value
